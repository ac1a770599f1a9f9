/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread of one mm looks for a PMD table to share while the mm that has it unmaps it, is the
 * first to make one, or while another thread of its own mm looks for it as well.
 *
 *	CPU0 munmap (P)				CPU1 fault (A)
 *	lock; P's table T is empty; unlock
 *						P's VMA is still found: share T,
 *						map a page in it
 *	lock; unlink P's VMA; unlock
 *	free T, with an entry in it
 *
 *	CPU0 fault (A)				CPU1 fault (A)
 *	PUD is none: P's table T, count 1	PUD is none: P's table T, count 2
 *	link T
 *						PUD is not none: count 1
 */
#include <tests/scenario_share.h>

/* Its PMD table maps nothing. What else the mms map keeps the tables above. */
static void setup_empty_table(void)
{
	share_setup_mapped();
	scenario_map(share_owner, PAGE_SIZE, PAGE_SIZE);
	scenario_map(share_sharer, PAGE_SIZE, PAGE_SIZE);
	scenario_check(mm_alloc_pmd(share_owner, SHARE_ADDR) && mapping_get_page(share_file, 0));
}

static void unmap_owner(void)
{
	scenario_check(!mm_munmap(share_owner, SHARE_ADDR, PUD_SIZE));
}

static void fault_owner(void)
{
	scenario_check(!fault_in(share_owner, SHARE_ADDR, true));
}

static void fault_first(void)
{
	scenario_check(!fault_in(share_sharer, SHARE_ADDR, true));
	scenario_check(scenario_maps(share_sharer, SHARE_ADDR));
}

static void fault_second(void)
{
	scenario_check(!fault_in(share_sharer, SHARE_ADDR + PMD_SIZE, true));
	scenario_check(scenario_maps(share_sharer, SHARE_ADDR + PMD_SIZE));
}

static const struct scenario_case unmap_cases[] = {
	/* Grace periods have no part in it. */
	{.flush = "ipi", .policy = "early-free"},
	{.flush = "ipi", .policy = "early-free", .busted = "unmap_may_share", RED_BY("VM_BUG")},
	{},
};

static const struct scenario share_vs_unmap = {
	.name = "share_vs_unmap",
	.help = "a mapping with a PMD table is unmapped while another mm comes to share that",
	.setup = setup_empty_table,
	.actor = {unmap_owner, fault_first},
	.cases = unmap_cases,
};
SCENARIO(share_vs_unmap);

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "share_keeps_count", RED_BY("scenario")},
	{},
};

static const struct scenario share_vs_share = {
	.name = "share_vs_share",
	.help = "two threads of one mm fault and come to share the same PMD table",
	.setup = share_setup_owned,
	.actor = {fault_first, fault_second},
	.cases = cases,
};
SCENARIO(share_vs_share);

static const struct scenario_case first_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{},
};

static const struct scenario share_vs_fault = {
	.name = "share_vs_fault",
	.help = "two mms that could share a PMD table make the first one at the same time",
	.setup = share_setup_mapped,
	.actor = {fault_owner, fault_first},
	.cases = first_cases,
};
SCENARIO(share_vs_fault);
