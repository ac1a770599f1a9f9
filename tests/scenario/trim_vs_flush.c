/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A CPU that has left an mm is taken out of its mm_cpumask by a flush, while it comes back;
 * the next flush must not pass over it.
 *
 *	CPU0 two zaps			CPU1 a thread of B, then of A
 *	clear PTE of page 0
 *	flush A: CPU1 is in the mask
 *					handler: A is not loaded here,
 *					leave mm_cpumask(A)
 *					switch to A: in the mask already? else enter it
 *					load page 1 (the TLB keeps it)
 *	clear PTE of page 1
 *	flush A: is CPU1 in the mask?
 *	"page 1 is gone"
 *					load page 1: must not find it
 *
 * The look at the mask and the entry into it are two steps. They may be, because no CPU but
 * CPU1 takes CPU1 out, in an interrupt, and a switch has them off.
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE
#define NEXT (ADDR + PAGE_SIZE)

static struct mm_struct *a, *b;
static struct vm_area_struct *vma;

static void setup(void)
{
	a = scenario_mm("A");
	b = scenario_mm("B");
	scenario_map(a, ADDR, PMD_SIZE);
	vma = scenario_vma(a, ADDR);
	/* Where it was before it ran B; it leaves at the next flush. */
	cpumask_set_cpu(1, mm_cpumask(a));
	scenario_run_in(1, b);
}

static void zap(void)
{
	scenario_zap_page(vma, ADDR);
	scenario_zap_page(vma, NEXT);
	scenario_say_gone();
}

static void come_back(void)
{
	kthread_unuse_mm(b);
	kthread_use_mm(a);
	scenario_load_until_gone(NEXT);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .trim = true},
	{.flush = "ipi", .policy = "broadcast", .trim = true, .tso = true, .slow = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .trim = true},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "tlb_trim_remote",
	 .trim = true,
	 RED_BY("hardware")},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "tlb_plain_loaded_mm",
	 RED_BY_RACE("marked read, should_flush_tlb", "plain write, switch_mm_irqs_off")},
	{},
};

static const struct scenario trim_vs_flush = {
	.name = "trim_vs_flush",
	.help = "a flush takes a CPU out of mm_cpumask while it switches back to the mm",
	.setup = setup,
	.actor = {zap, come_back},
	.cases = cases,
};
SCENARIO(trim_vs_flush);
