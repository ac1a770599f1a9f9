/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two threads fault at the same time: on one page of one mm, on two pages that one PTE table
 * maps, and on one page of a file in two mms. The second one to link a table, to map a page,
 * or to put a page into the file, must see that and give back its own.
 *
 *	CPU0 fault			CPU1 fault
 *	PMD is none: allocate a table	PMD is none: allocate a table
 *	link it
 *					PMD is not none: free the table
 *	PTE is none: allocate a page	PTE is none: allocate a page
 *	map it
 *					PTE is not none: free the page
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE
#define NEXT (ADDR + PAGE_SIZE)

static struct mm_struct *mm, *other;

/* A page of a file: that two entries count for it, and one leads there, shows on the metal too. */
static void setup(void)
{
	struct address_space *file = scenario_file(1);

	mm = scenario_mm("mm");
	scenario_check(mapping_get_page(file, 0));
	scenario_map_file(mm, ADDR, PAGE_SIZE, file, 0);
	scenario_map(mm, ADDR - PAGE_SIZE, PAGE_SIZE); /* with the tables above */
}

static void setup_no_tables(void)
{
	mm = scenario_mm("mm");
	scenario_reserve(mm, ADDR, PMD_SIZE);
}

static void setup_file(void)
{
	struct address_space *file = scenario_file(1);

	mm = scenario_mm("mm");
	other = scenario_mm("other");
	scenario_map_file(mm, ADDR, PAGE_SIZE, file, 0);
	scenario_map_file(other, ADDR, PAGE_SIZE, file, 0);
	scenario_make_tables(mm, ADDR);
	scenario_make_tables(other, ADDR);
}

static void fault(void)
{
	scenario_check(!fault_in(mm, ADDR, true) && scenario_maps(mm, ADDR));
}

static void fault_next(void)
{
	scenario_check(!fault_in(mm, NEXT, true) && scenario_maps(mm, NEXT));
}

static void fault_other(void)
{
	scenario_check(!fault_in(other, ADDR, true) && scenario_maps(other, ADDR));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "fault_no_recheck", RED_BY("scenario")},
	{},
};

static const struct scenario fault_vs_fault = {
	.name = "fault_vs_fault",
	.help = "two threads of one mm fault on the same page",
	.setup = setup,
	.actor = {fault, fault},
	.cases = cases,
};
SCENARIO(fault_vs_fault);

static const struct scenario_case table_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{},
};

static const struct scenario fault_vs_next_fault = {
	.name = "fault_vs_next_fault",
	.help = "two threads fault on two pages that the same new tables map",
	.setup = setup_no_tables,
	.actor = {fault, fault_next},
	.cases = table_cases,
};
SCENARIO(fault_vs_next_fault);

static const struct scenario fault_vs_file_fault = {
	.name = "fault_vs_file_fault",
	.help = "threads of two mms fault on the same page of a file",
	.setup = setup_file,
	.actor = {fault, fault_other},
	.cases = table_cases,
};
SCENARIO(fault_vs_file_fault);
