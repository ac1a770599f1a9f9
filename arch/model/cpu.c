/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs as coroutines. When the search resumes a CPU, the CPU carries out the step that it has
 * announced, runs until its next step, announces that, and switches back to the search.
 */
#include "host.h"
#include "model.h"
#include "operands.h"
#include "race.h"
#include "store_buffer.h"
#include <kernel/bug.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <asm/percpu.h>
#include <asm/setup.h>

struct machine machine __aligned(64);
struct model_config model_config;

static unsigned long search_sp;

/* Push the callee-saved registers, store SP in *save; load the other SP, pop its registers. */
__asm__(".text\n"
	".globl model_swap\n"
	".type model_swap, @function\n"
	"model_swap:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size model_swap, . - model_swap\n");

static void to_search(void)
{
	model_swap(&this_mcpu()->sp, search_sp);
}

void model_resume(unsigned int cpu)
{
	machine.cpu = cpu;
	model_cpu_off = __per_cpu_offset[cpu];
	model_swap(&search_sp, machine.cpus[cpu].sp);
}

struct op *point_begin(void)
{
	struct op *op = &this_mcpu()->op;

	op->nr = 0;
	return op;
}

void op_touches(struct op *op, uintptr_t obj, unsigned int rw)
{
	MODEL_LIMIT(op->nr == MAX_ACC, "a step touches more objects than MAX_ACC");
	op->acc[op->nr++] = (struct model_acc){obj, (u8)rw};
}

/* A store was announced before an interrupt; the handler's stores have taken its slot since. */
static void renew_slot(struct mcpu *c)
{
	for (unsigned int i = 0; i < c->op.nr; i++) {
		struct model_acc *acc = &c->op.acc[i];

		if (acc->obj >> 8 == OBJ_SLOT && acc->rw & ACC_WRITE)
			acc->obj = sb_next_slot(machine.cpu);
	}
}

/*
 * An interrupt between two steps. It preserves the announced step and the words that were read.
 * Not inlined into point(), whose frame is on the stack of each waiting CPU and so is part of
 * each checkpoint.
 */
static noinline void interrupted(struct mcpu *c)
{
	struct op saved = c->op;
	struct seen seen[MAX_SEEN];
	unsigned int nr_seen = c->nr_seen, next_seen = c->next_seen;
	void (*deliver)(struct mcpu * c) = c->deliver;

	__builtin_memcpy(seen, c->seen, sizeof(seen));
	c->deliver = NULL;
	race_taken();
	c->handlers++;
	deliver(c);
	c->handlers--;
	__builtin_memcpy(c->seen, seen, sizeof(seen));
	c->nr_seen = nr_seen;
	c->next_seen = next_seen;
	c->op = saved;
	renew_slot(c);
}

/*
 * Announce the step described by ->op and wait until the search schedules it. Interrupts that
 * the search delivers are taken before it: between two instructions.
 */
void point(enum op_kind kind)
{
	struct mcpu *c = this_mcpu();

	c->op.kind = kind;
	to_search();
	while (unlikely(c->deliver != NULL)) {
		interrupted(c);
		if (kind == OP_HLT)
			break;
		to_search();
	}
}

void insn_cli(void)
{
	this_mcpu()->iflag = false;
}

void insn_sti(void)
{
	operands_sti(false);
	if (this_mcpu()->iflag)
		return;
	irqs_on();
	if (!machine.exploring || machine.observing)
		return;
	/* A CLI may follow with no step before it: an interrupt can be taken in between. */
	point_begin();
	point(OP_IRQWIN);
}

void irqs_on(void)
{
	struct mcpu *c = this_mcpu();

	if (machine.exploring && !machine.observing) {
		op_touches(point_begin(), object(OBJ_IRQS, machine.cpu), ACC_WRITE | ACC_WAKE);
		point(OP_STI);
	}
	c->iflag = true;
}

void insn_sti_hlt(void)
{
	operands_sti(true);
	irqs_on();
	point_begin();
	point(OP_HLT);
}

void model_gate(void)
{
	point_begin();
	point(OP_START);
}

bool model_at_gate(unsigned int cpu)
{
	return machine.cpus[cpu].op.kind == OP_START;
}

void model_take_interrupts(void)
{
	/* Interrupts are taken before every step. */
}

unsigned long insn_save_flags(void)
{
	return this_mcpu()->iflag ? X86_EFLAGS_IF : 0;
}

void cpu_relax(void)
{
	struct mcpu *c = this_mcpu();
	struct op *op = point_begin();

	for (unsigned int i = 0; i < c->nr_seen; i++) {
		const struct seen *s = &c->seen[i];

		op_touches(op, (uintptr_t)s->p & ~7UL, ACC_READ | ACC_AWAIT | ACC_SPIN);
		/* Not the buffer: it need not be empty, and its drains have ACC_WAKE. */
		if (s->forwarded)
			op_touches(op, sb_slot(machine.cpu, seen_slot(c, s)), ACC_READ | ACC_AWAIT);
	}
	point(OP_RELAX);
	c->nr_seen = 0;
	c->next_seen = 0;
}

u64 insn_rdtsc(void)
{
	return machine.steps;
}

/* A coroutine that begins in @entry on @stack, as model_swap() expects to find it. */
static unsigned long fresh_stack(void *top, void (*entry)(void))
{
	unsigned long *sp = top;

	*--sp = 0; /* where a return address would be: ends backtraces, aligns */
	*--sp = (unsigned long)entry;
	for (int i = 0; i < 6; i++)
		*--sp = 0;
	return (unsigned long)sp;
}

/* Thread switching: see <asm/setup.h>. */
void arch_prepare_stack(struct task_struct *t, void (*entry)(void))
{
	t->sp = fresh_stack(model_stack_top(t->stack), entry);
}

struct task_struct *__switch_to_asm(struct task_struct *prev, struct task_struct *next)
{
	unsigned long sp = next->sp;

	if (machine.exploring) /* less the frame of model_swap() */
		stack_waits((unsigned long)__builtin_frame_address(0) - 128);
	next->sp = 0; /* void while it runs: equal states have equal threads */
	model_swap(&prev->sp, sp);
	return prev;
}

void model_cpu_begin(unsigned int cpu, void (*entry)(void))
{
	machine.cpus[cpu].sp = fresh_stack(model_stack_top(arch_alloc_stack()), entry);
}
