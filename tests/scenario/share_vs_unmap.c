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
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PUD_SIZE

static struct mm_struct *owner, *sharer;
static struct address_space *file;

static void setup_nothing_there(void)
{
	file = scenario_hugetlb_file();
	owner = scenario_mm("owner");
	sharer = scenario_mm("sharer");
	scenario_map_shared(owner, ADDR, file, VM_WRITE);
	scenario_map_shared(sharer, ADDR, file, VM_WRITE);
}

static void setup(void)
{
	setup_nothing_there();
	scenario_check(!fault_in(owner, ADDR, true));
}

/* Its PMD table maps nothing. What else the mms map keeps the tables above. */
static void setup_empty_table(void)
{
	setup_nothing_there();
	scenario_map(owner, PAGE_SIZE, PAGE_SIZE);
	scenario_map(sharer, PAGE_SIZE, PAGE_SIZE);
	scenario_check(mm_alloc_pmd(owner, ADDR) && mapping_get_page(file, 0));
}

static void unmap_owner(void)
{
	scenario_check(!mm_munmap(owner, ADDR, PUD_SIZE));
}

static void fault_owner(void)
{
	scenario_check(!fault_in(owner, ADDR, true));
}

static void fault_first(void)
{
	scenario_check(!fault_in(sharer, ADDR, true));
	scenario_check(scenario_maps(sharer, ADDR));
}

static void fault_second(void)
{
	scenario_check(!fault_in(sharer, ADDR + PMD_SIZE, true));
	scenario_check(scenario_maps(sharer, ADDR + PMD_SIZE));
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
	.setup = setup,
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
	.setup = setup_nothing_there,
	.actor = {fault_owner, fault_first},
	.cases = first_cases,
};
SCENARIO(share_vs_fault);
