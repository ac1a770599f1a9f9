/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One CPU leaves mm_cpumask in a handler while another one enters it: no bit may be lost.
 *
 *	CPU0 two flushes of A		CPU1 idle, B loaded	CPU2 switch to A, load
 *	flush A: CPU1 is in the mask
 *					handler: A is not
 *					loaded here: clear
 *					bit 1 of the mask	set bit 2 of the mask
 *								load (the TLB keeps it)
 *	clear PTE
 *	flush A: CPU2 is in the mask
 *	free the page
 *								load: a fault
 *
 * Both bits are in one word. If its change is not one locked operation, RACES=1 says so: the
 * model has no step between two plain accesses.
 */
#include <asm/tlbflush.h>
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *a;
static struct vm_area_struct *vma;

static void setup(void)
{
	struct mm_struct *b = scenario_mm("B");

	a = scenario_mm("A");
	scenario_map(a, ADDR, PAGE_SIZE);
	vma = scenario_vma(a, ADDR);
	/* Where it was before it ran B; it leaves at the next flush that reaches it. */
	cpumask_set_cpu(1, mm_cpumask(a));
	scenario_idle_in(1, b);
}

static void flush_and_zap(void)
{
	flush_tlb_mm(a);
	scenario_zap_page(vma, ADDR);
	scenario_say_gone();
}

static void enter(void)
{
	kthread_use_mm(a);
	scenario_load_until_gone(ADDR);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_no_remote", RED_BY("hardware")},
	{},
};

static const struct scenario leave_vs_enter = {
	.name = "leave_vs_enter",
	.help = "a CPU leaves mm_cpumask while another one enters it",
	.setup = setup,
	.actor = {flush_and_zap, NULL, enter},
	.cases = cases,
};
SCENARIO(leave_vs_enter);
