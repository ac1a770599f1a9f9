/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux withdraws a PTE table, and it goes to another owner, while GUP-fast walks it.
 *
 *	CPU0 collapse_huge_page()		CPU1 get_user_pages_fast_only()
 *	pmdp_collapse_flush(): clear PMD, flush
 *						pmd = read PMD	(before the clear)
 *	tlb_remove_table_sync_one()
 *	the next owner stores
 *						pte = read PTE
 */
#include "linux.h"

static void collapse(void)
{
	linux_call(collapse(LINUX_ADDR));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "never"},
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL, .tso = true},
	{.flush = "ipi", .policy = "never", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .useful = USEFUL},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, RED_BY("walks")},
	/* The walker is preempted by the hypervisor: it gets no IPI, its walk goes on later. */
	{.flush = "pv", .policy = "broadcast", .preemptions = 1, .useful = USEFUL},
	{.flush = "pv", .policy = "never", .preemptions = 1, RED_BY("walks")},
	{},
};

static const struct scenario linux_collapse_vs_gup = {
	.name = "linux_collapse_vs_gup",
	.help = "Linux: a PTE table is withdrawn by collapse while GUP-fast walks it",
	.setup = linux_setup,
	.actor = {collapse, linux_walk},
	.preempt_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(linux_collapse_vs_gup);

/*
 * The same with two walkers. As the tree is, with IPIs, a complete search takes more than minutes: what
 * each walker and the two waits can do with CPU0 multiplies, and the walkers take and put back
 * references of one page in each order. So it is bounded.
 */
static const struct scenario_case two_cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL, .bound = 4},
	{.flush = "ipi", .policy = "never"},
	{.flush = "invlpgb",
	 .policy = "broadcast",
	 .invlpgb = true,
	 .useful = USEFUL,
	 .slow = true},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, RED_BY("walks")},
	{},
};

static const struct scenario linux_collapse_vs_two_gups = {
	.name = "linux_collapse_vs_two_gups",
	.help = "Linux: a PTE table is withdrawn by collapse while two CPUs walk it",
	.setup = linux_setup,
	.actor = {collapse, linux_walk, linux_walk},
	.cases = two_cases,
};
SCENARIO(linux_collapse_vs_two_gups);

/* Against the hardware's own walks: the flush must be over before the table is reused. */
static const struct scenario_case fill_cases[] = {
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .slow = true},
	{.flush = "ipi", .policy = "never", .fills = 1},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .fills = 1},
	{.flush = "invlpgb", .policy = "never", .invlpgb = true, .fills = 1},
	{},
};

static const struct scenario linux_collapse_vs_fill = {
	.name = "linux_collapse_vs_fill",
	.help = "Linux: a PTE table is withdrawn by collapse while page-table hardware walks it",
	.setup = linux_setup,
	.actor = {collapse, linux_load},
	.fill_va = LINUX_ADDR,
	.fill_cpus = 2,
	.cases = fill_cases,
};
SCENARIO(linux_collapse_vs_fill);
