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
#include <model/machine.h>
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup();
	scenario_run_in(0, zap_mm);
}

static void enter_and_load(void)
{
	kthread_use_mm(zap_mm);
	model_use_cached(ZAP_ADDR);
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
	.actor = {zap_unmap, enter_and_load},
	.fill_va = ZAP_ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(switch_vs_flush);
