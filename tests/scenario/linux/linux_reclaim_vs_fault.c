/* SPDX-License-Identifier: GPL-2.0 */
/*
 * madvise(MADV_DONTNEED) of Linux frees an empty PTE table, with mmap_lock for reading, while a
 * fault maps a page by it.
 *
 *	CPU0 zap_pte_range()		CPU1 pte_offset_map_lock()
 *					pmd = read PMD
 *	lock; clear the PTEs
 *	empty: clear PMD; unlock
 *					lock; PMD still the same?
 *					set PTE
 */
#include "linux.h"
#include <asm/pgtable_types.h>

static void setup(void)
{
	linux_setup();
	linux_call(fresh_page());
}

static void reclaim(void)
{
	linux_call(reclaim(LINUX_ADDR));
}

static void fault(void)
{
	linux_call(fault(LINUX_ADDR + PAGE_SIZE));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_reclaim_vs_fault = {
	.name = "linux_reclaim_vs_fault",
	.help = "Linux: madvise() frees an empty PTE table while a fault maps a page by it",
	.setup = setup,
	.actor = {reclaim, fault},
	.cases = cases,
};
SCENARIO(linux_reclaim_vs_fault);
