/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PMD table of hugetlb goes while another CPU loads from the last of its pages.
 *
 *	CPU0 munmap()			CPU1 thread of the mm
 *					load (the TLB keeps 2 MiB)
 *	clear the PUD, or each PMD
 *	   and then the PUD
 *	flush all that the table maps
 *					load: a fault
 *
 * A table that is shared is taken away whole, in one step: the flush has to name what is below it.
 * One that is not loses its entries first, and is freed: two strides, of which the smaller one
 * counts.
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PUD_SIZE
#define LAST (ADDR + PUD_SIZE - PAGE_SIZE)

static struct mm_struct *mm;

static void run_loader(void)
{
	scenario_check(!fault_in(mm, LAST, true));
	scenario_reserve(mm, PAGE_SIZE, PAGE_SIZE); /* keeps the PUD table */
	scenario_run_in(1, mm);
}

static void setup_shared(void)
{
	struct mm_struct *owner = scenario_mm("owner");

	mm = scenario_mm("sharer");
	scenario_share(ADDR, owner, mm);
	run_loader();
}

static void setup_alone(void)
{
	mm = scenario_mm("mm");
	scenario_map_hugetlb(mm, ADDR, PUD_SIZE);
	run_loader();
}

static void unmap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PUD_SIZE));
	scenario_say_gone();
}

static void load(void)
{
	scenario_load_until_gone(LAST);
}

#define IPI .flush = "ipi", .policy = "broadcast"
#define HW  .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{IPI},
	{HW},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{IPI, .busted = "tlb_no_remote", RED_BY("scenario")},
	{},
};

static const struct scenario unshare_vs_load = {
	.name = "unshare_vs_load",
	.help = "a shared PMD table is unshared while another CPU loads from its last page",
	.setup = setup_shared,
	.actor = {unmap, load},
	.cases = cases,
};
SCENARIO(unshare_vs_load);

static const struct scenario pmd_table_vs_load = {
	.name = "pmd_table_vs_load",
	.help = "a PMD table and its pages are unmapped while another CPU loads from the last page",
	.setup = setup_alone,
	.actor = {unmap, load},
	.cases = cases,
};
SCENARIO(pmd_table_vs_load);
