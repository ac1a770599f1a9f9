/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped by broadcast and freed while another CPU loads from it.
 *
 *	CPU0 munmap()			CPU1 thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *	INVLPGB
 *	TLBSYNC: not at all; on CPU2;
 *	   or once, and too early (#1718)
 *	free the page
 *					load: the page
 *					(carries out INVLPGB)
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;

static void setup(void)
{
	mm = scenario_mm("mm");
	scenario_map_page(mm, ADDR);
	scenario_run_in(0, mm);
	scenario_run_in(1, mm);
}

static void zap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PAGE_SIZE));
}

static void load(void)
{
	scenario_load_twice(ADDR);
}

#define HW .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{HW},
	{HW, .tlbsync_early = true},
	{HW, .busted = "invlpgb_no_tlbsync", RED_BY("hardware")},
	{HW, .busted = "invlpgb_tlbsync_elsewhere", RED_BY("hardware")},
	{HW, .busted = "invlpgb_one_tlbsync"},
	{HW, .busted = "invlpgb_one_tlbsync", .tlbsync_early = true, RED_BY("hardware")},
	{},
};

static const struct scenario tlbsync_vs_load = {
	.name = "tlbsync_vs_load",
	.help = "a page is unmapped by INVLPGB and freed while another CPU loads from it",
	.setup = setup,
	.actor = {zap, load},
	.cases = cases,
};
SCENARIO(tlbsync_vs_load);
