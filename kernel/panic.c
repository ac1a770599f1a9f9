/* SPDX-License-Identifier: GPL-2.0 */
/* How a run ends: shutdown() on purpose, fatal() for a user's mistake, panic() for a kernel bug. */
#include <kernel/bug.h>
#include <kernel/drive.h>
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/panic.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/atomic.h>
#include <asm/ptrace.h>
#include <asm/setup.h>
#include <asm/smp.h>

#define NO_CPU -1
static int panic_cpu = NO_CPU; /* set once, by cmpxchg, by the CPU it names */
static int halt_others; /* asks every other CPU's NMI handler to stop there */

bool panic_in_progress(void)
{
	return READ_ONCE(panic_cpu) != NO_CPU;
}

static void __noreturn stop_here(void)
{
	for (;;)
		cpu_relax();
}

static void panic_nmi(struct pt_regs *regs, bool irqs_on)
{
	if (READ_ONCE(halt_others) && raw_smp_processor_id() != READ_ONCE(panic_cpu))
		stop_here();
}
NMI_HANDLER(panic_nmi);

static void stop_other_cpus(void)
{
	struct cpumask others;

	cpumask_copy(&others, &cpu_online_mask);
	__cpumask_clear_cpu(raw_smp_processor_id(), &others);
	WRITE_ONCE(halt_others, 1);
	if (!cpumask_empty(&others))
		arch_send_nmi_mask(&others);
}

void panic_begin(bool stop_others)
{
	int me = raw_smp_processor_id();
	int old;

	local_irq_disable();
	old = cmpxchg(&panic_cpu, NO_CPU, me);
	if (old == me)
		arch_shutdown(EXIT_PANIC);
	if (old != NO_CPU)
		stop_here();
	if (stop_others)
		stop_other_cpus();
}

static void show_held_locks(const struct task_struct *t)
{
	for (unsigned int i = 0; CONFIG_PROVE_LOCKING && i < t->nr_held && i < MAX_LOCKS_HELD; i++)
		printk("#   holds %s (rank %u)\n", t->held[i].name, t->held[i].rank);
}

void panic(const char *fmt, ...)
{
	struct task_struct *t = current;
	char msg[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (driven())
		drive->panic(msg);
	panic_begin(true);

	printk("panic: %s\n", msg);
	printk("# on CPU%d, thread %s (%u), preempt count %#x\n", raw_smp_processor_id(),
	       t ? t->name : "boot", t ? t->id : 0, (unsigned int)preempt_count());
	if (t)
		show_held_locks(t);
	dump_stack();
	shutdown(EXIT_PANIC);
}

void fatal(const char *fmt, ...)
{
	char msg[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	panic_begin(true);
	printk("error: %s\n", msg);
	shutdown(EXIT_ERROR);
}

void shutdown(enum exit_status status)
{
	local_irq_disable();
	arch_shutdown(status);
}

void __lockdep_assert(bool ok, const char *what, const char *file, int line)
{
	if (unlikely(!ok) && !panic_in_progress())
		panic("assertion: %s at %s:%d", what, file, line);
}
