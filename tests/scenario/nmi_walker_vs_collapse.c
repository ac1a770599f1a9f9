/* SPDX-License-Identifier: GPL-2.0 */
/*
 * perf walks current->mm in an NMI, while this CPU has a temporary mm loaded.
 *
 *	CPU0				CPU1 thread of A, then an NMI
 *					use_temporary_mm(), interrupts on
 *	flush A: interrupts CPU1
 *					A is not loaded: leaves mm_cpumask(A)
 *					NMI: pmd = read PMD of A
 *	collapse: clear PMD
 *	flush A: the mask is empty
 *	no sync (receipt, implied)
 *	deposit the table
 *					NMI: pte = read PTE
 *
 * With interrupts off (text_poke()) the first flush waits for unuse_temporary_mm(), and the
 * CPU is in the mask for as long as it can be walking. The NMI is sent first: it hits
 * wherever the search wants it.
 */
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/preempt.h>
#include <kernel/smp.h>
#include <asm/mmu_context.h>
#include <asm/smp.h>
#include <asm/tlbflush.h>
#include <mm/perf_walk.h>
#include <model/machine.h>
#include <tests/scenario_range.h>

static struct mm_struct *temp_mm;
static u32 asked;

static void sample(struct pt_regs *regs, bool irqs_on)
{
	if (raw_smp_processor_id() == 1 && READ_ONCE(asked)) {
		WRITE_ONCE(asked, 0);
		perf_get_page_size(RANGE);
	}
}
NMI_HANDLER(sample);

static void setup(void)
{
	range_setup();
	temp_mm = scenario_mm("temporary");
	scenario_run_in(1, range_mm);
}

static void send_nmi(void)
{
	struct cpumask one = {0};

	__cpumask_set_cpu(1, &one);
	WRITE_ONCE(asked, 1);
	arch_send_nmi_mask(&one);
}

static void flush_and_collapse(void)
{
	send_nmi();
	flush_tlb_mm(range_mm);
	range_collapse();
}

static void borrow(void)
{
	struct mm_struct *prev;

	preempt_disable();
	prev = use_temporary_mm(temp_mm);
	model_take_interrupts();
	unuse_temporary_mm(prev);
	preempt_enable();
}

static void borrow_irqs_off(void)
{
	preempt_disable();
	local_irq_disable();
	unuse_temporary_mm(use_temporary_mm(temp_mm));
	local_irq_enable();
	preempt_enable();
}

/* Only a wait for all CPUs, or for those that publish a walk, covers the walk. */
static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = USEFUL, .slow = true},
	{.flush = "ipi", .policy = "targeted", .useful = USEFUL, .slow = true},
	{.flush = "ipi", .policy = "receipt", RED_BY("walks")},
	{.flush = "ipi", .policy = "implied", RED_BY("walks")},
	{.flush = "ipi", .policy = "mmcpus", RED_BY("walks")},
	{},
};

static const struct scenario nmi_walker_vs_collapse = {
	.name = "nmi_walker_vs_collapse",
	.help = "perf walks in NMI under a temporary mm, interrupts on",
	.setup = setup,
	.actor = {flush_and_collapse, borrow},
	.nmis = true,
	.cases = cases,
};
SCENARIO(nmi_walker_vs_collapse);

static const struct scenario_case text_poke_cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL, .slow = true},
	{.flush = "ipi", .policy = "receipt", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "implied", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "mmcpus", .useful = NOT_USEFUL, .slow = true},
	{},
};

static const struct scenario nmi_walker_vs_text_poke = {
	.name = "nmi_walker_vs_text_poke",
	.help = "perf walks in NMI under a temporary mm, interrupts off",
	.setup = setup,
	.actor = {flush_and_collapse, borrow_irqs_off},
	.nmis = true,
	.cases = text_poke_cases,
};
SCENARIO(nmi_walker_vs_text_poke);
