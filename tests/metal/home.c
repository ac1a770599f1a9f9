/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a driven CPU waits while memory is put back: on a stack of its own, which is not put
 * back. From there it returns to the gate in which it was saved, on the stack as it was then.
 */
#include "metal.h"
#include <kernel/drive.h>
#include <kernel/irqflags.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/barrier.h>
#include <asm/drive.h>
#include <asm/setup.h>

struct home {
	char stack[THREAD_SIZE] __aligned(4096);
	struct task_struct here; /* only ->sp and ->stack mean something in these */
	struct task_struct back[NR_LEVELS];
	unsigned long cr3[NR_LEVELS];
};
static struct home homes[METAL_CPUS];
static struct task_struct nowhere;
static enum metal_level level;

static struct {
	char stack[4 * THREAD_SIZE] __aligned(4096);
	struct task_struct task;
} controller;

/* Interrupts that were sent to this CPU and are pending are dropped. */
static void drop_interrupts(struct metal_cpu *c)
{
	c->dropping = true;
	insn_sti();
	while (READ_ONCE(c->call) || READ_ONCE(c->resched)) {
		metal_hold(c, false); /* each that is taken holds the next one */
		cpu_relax();
	}
	insn_cli();
	metal_hold(c, true);
	c->dropping = false;
	c->nmi = false;
	c->in_nmi = false;
}

static void at_home(void)
{
	unsigned int cpu = (unsigned int)raw_smp_processor_id();
	struct metal_cpu *c = &metal_cpus[cpu];

	arch_unblock_nmi();
	drop_interrupts(c);
	smp_store_release(&c->state, STATE_HOME); /* pairs with metal_wait() */
	while (smp_load_acquire(&c->order) != ORDER_GO) /* pairs with metal_give() */
		cpu_relax();
	WRITE_ONCE(c->order, ORDER_NONE);
	insn_write_cr3(homes[cpu].cr3[level]);
	arch_forget_translations();
	__switch_to_asm(&nowhere, &homes[cpu].back[level]);
}

static struct home *prepare(void)
{
	struct home *h = &homes[raw_smp_processor_id()];

	h->here.stack = h->stack;
	arch_prepare_stack(&h->here, at_home);
	return h;
}

void home_save(void)
{
	struct home *h = prepare();

	h->cr3[level] = insn_read_cr3();
	__switch_to_asm(&h->back[level], &h->here);
}

void home_go(void)
{
	struct home *h = prepare();

	__switch_to_asm(&nowhere, &h->here);
	__builtin_unreachable();
}

void home_level(enum metal_level l)
{
	level = l;
}

void home_run_controller(void (*fn)(void))
{
	controller.task.stack = controller.stack + sizeof(controller.stack) - THREAD_SIZE;
	arch_prepare_stack(&controller.task, fn);
	__switch_to_asm(&nowhere, &controller.task);
	__builtin_unreachable();
}
