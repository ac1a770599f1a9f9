/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped and freed while another CPU switches to the mm, and then loads from it.
 *
 *	CPU0 munmap()			CPU1 switch_mm_irqs_off(), then load
 *					loaded_mm = SWITCHING
 *					enter the mask; read tlb_gen: old
 *					write CR3
 *					(walker reads the PTE, the TLB keeps it)
 *	clear PTE
 *	raise tlb_gen
 *	CPU1: in the mask, loaded_mm is
 *	   SWITCHING; before fea4e317f9e7
 *	   nothing was sent
 *	free the page
 *					loaded_mm = mm
 *					load: the page
 */
#include <mm/mm.h>
#include <model/machine.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;

static void setup(void)
{
	mm = scenario_mm("mm");
	scenario_map_page(mm, ADDR);
	scenario_run_in(0, mm);
}

static void zap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PAGE_SIZE));
}

static void enter_and_load(void)
{
	kthread_use_mm(mm);
	model_use_cached(ADDR);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .fills = 1},
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .eager_mask = true},
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .fills = 1, .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .fills = 1},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "tlb_no_switching",
	 .fills = 1,
	 RED_BY("hardware")},
	/* A handler that finds SWITCHING cannot know what is loaded: VM_BUG_ON(). */
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_switch_irqs_on", RED_BY("VM_BUG")},
	/* Without speculative walks the first look at the PTE is the load's, after the switch. */
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_no_switching"},
	{},
};

static const struct scenario switch_vs_flush = {
	.name = "switch_vs_flush",
	.help = "a page is unmapped and freed while another CPU switches to the mm",
	.setup = setup,
	.actor = {zap, enter_and_load},
	.fill_va = ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(switch_vs_flush);
