/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An mm of Linux leaves a PMD table that it shares. The other mm, its last owner then, frees the
 * table as soon as it finds that out under the lock; a page walker of CPU1, which runs in the first
 * mm, has cached the PUD.
 *
 *	CPU0 hugetlb_unshare_all_pmds()		CPU1
 *						[read PUD: the table]
 *	i_mmap_lock_write()
 *	clear PUD; one owner is left
 *	huge_pmd_unshare_flush(): flush
 *	i_mmap_unlock_write()
 *						i_mmap_lock_write(); the last one? unlock
 *						free the table
 *						[read PMD]
 */
#include "linux.h"

static void setup(void)
{
	linux_setup_shared(2);
}

static void unshare(void)
{
	linux_call(unshare(0));
}

static void free_if_last(void)
{
	bool last = lx_linux_last_owner();

	plain_settle();
	if (last)
		linux_call(free_shared());
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .fills = 1},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .fills = 1},
	{},
};

static const struct scenario linux_unshare_vs_owner = {
	.name = "linux_unshare_vs_owner",
	.help = "Linux: an mm leaves a shared PMD table, which its last owner frees at once",
	.setup = setup,
	.actor = {unshare, free_if_last},
	.fill_va = LINUX_ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(linux_unshare_vs_owner);

/* The same against GUP-fast, on a third CPU: the sync, too, is under that lock. */
static void reuse_if_last(void)
{
	bool last = lx_linux_last_owner();

	plain_settle();
	if (last)
		linux_call(reuse(LINUX_ADDR));
}

static const struct scenario_case gup_cases[] = {
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_unshare_vs_owner_and_gup = {
	.name = "linux_unshare_vs_owner_and_gup",
	.help = "Linux: an mm leaves a shared PMD table, its last owner changes it, GUP-fast walks",
	.setup = setup,
	.actor = {unshare, reuse_if_last, linux_walk},
	.cases = gup_cases,
};
SCENARIO(linux_unshare_vs_owner_and_gup);
