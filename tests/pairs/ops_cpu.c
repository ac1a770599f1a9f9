/* SPDX-License-Identifier: GPL-2.0 */
/* What a CPU does with the address space that it has loaded. */
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/smp.h>
#include <asm/mmu_context.h>
#include <asm/smp.h>
#include <mm/mm.h>
#include <mm/perf_walk.h>
#include <tests/pairs.h>
#include <tests/scenario_actors.h>

/* To another mm and back; then a load. */
static void switch_away(const struct op *op)
{
	scenario_switch_to(world_mm[MM_B]);
	scenario_switch_to(world_mm[MM_A]);
	part_ends();
	op_load(op);
}

/*
 * Another mm is loaded for a moment, and the thread's own is not: an NMI that walks finds that. As
 * text_poke() does it: with interrupts on no policy but two covers that walk (tests/CAVEATS.md).
 */
static void temporary(const struct op *op)
{
	struct mm_struct *prev;

	preempt_disable();
	local_irq_disable();
	prev = use_temporary_mm(world_mm[MM_B]);
	unuse_temporary_mm(prev);
	local_irq_enable();
	preempt_enable();
	part_ends();
	op_load(op);
}

static void go_lazy(const struct op *op)
{
	kthread_unuse_mm(world_mm[MM_A]);
	kthread_use_mm(world_mm[MM_A]);
	part_ends();
	op_load(op);
}

#define BACK .sometimes = FAULTS, .in = MM_A, .user = true
OP(switch, BACK, .run = switch_away, .world = "to B and back, and a load", .on = BIT(MM_B),
   .addr = PAGE_TABLE);
OP(temporary, BACK, .run = temporary, .world = "a temporary mm and back, and a load",
   .on = BIT(MM_B), .addr = PAGE_TABLE);
OP(temporary_huge, BACK, .run = temporary, .world = "the same, of a huge page", .on = BIT(MM_B),
   .addr = PAGE_HUGE);
OP(lazy, BACK, .run = go_lazy, .world = "lazy and back, and a load", .addr = PAGE_TABLE);
OP(lazy_file, BACK, .run = go_lazy, .world = "the same, of a page of a file", .addr = PAGE_FILE);

/* Of the CPU that takes the NMI; others write it before they send one. */
static unsigned long wanted[PROGRAM_CPUS];

static void sample(struct pt_regs *regs, bool irqs_on)
{
	unsigned int cpu = raw_smp_processor_id();
	unsigned long addr = cpu < PROGRAM_CPUS ? READ_ONCE(wanted[cpu]) : 0;

	if (!addr)
		return;
	perf_get_page_size(addr);
	WRITE_ONCE(wanted[cpu], 0);
}
NMI_HANDLER(sample);

/* Another CPU walks whatever mm it has, in the middle of what it does. */
static void send_nmi(const struct op *op)
{
	unsigned int other = raw_smp_processor_id() ? 0 : 1;
	struct cpumask one = {0};

	__cpumask_set_cpu(other, &one);
	WRITE_ONCE(wanted[other], op->addr);
	arch_send_nmi_mask(&one);
}

#define NMI .run = send_nmi, .in = NO_MM, .nmis = true
OP(nmi_table, NMI, .world = "a page of a table, by another CPU", .addr = PAGE_TABLE);
OP(nmi_huge, NMI, .world = "a huge page, by another CPU", .addr = PAGE_HUGE);
OP(nmi_two, NMI, .world = "a shared table, by another CPU", .addr = PAGE_TWO);
