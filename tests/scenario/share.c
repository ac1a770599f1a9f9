/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/scenario_share.h>. */
#include <tests/scenario_share.h>

struct mm_struct *share_owner, *share_sharer;
struct address_space *share_file;

static void make_mms(void)
{
	share_owner = scenario_mm("owner");
	share_sharer = scenario_mm("sharer");
}

void share_setup(void)
{
	make_mms();
	scenario_share(SHARE_ADDR, share_owner, share_sharer);
	scenario_run_in(1, share_sharer);
}

void share_setup_idle(void)
{
	make_mms();
	scenario_share(SHARE_ADDR, share_owner, share_sharer);
	scenario_reserve(share_sharer, PAGE_SIZE, PAGE_SIZE);
	scenario_idle_in(1, share_sharer);
}

void share_setup_mapped(void)
{
	share_file = scenario_hugetlb_file();
	make_mms();
	scenario_map_shared(share_owner, SHARE_ADDR, share_file, VM_WRITE);
	scenario_map_shared(share_sharer, SHARE_ADDR, share_file, VM_WRITE);
}

void share_setup_owned(void)
{
	share_setup_mapped();
	scenario_check(!fault_in(share_owner, SHARE_ADDR, true));
}

void share_unshare(void)
{
	scenario_check(!mm_munmap(share_sharer, SHARE_ADDR, PUD_SIZE));
	scenario_check(!mm_munmap(share_owner, SHARE_ADDR, PMD_SIZE));
}

void share_walk(void)
{
	scenario_walk(SHARE_ADDR);
}
