/* SPDX-License-Identifier: GPL-2.0 */
/* How a run ends: shutdown() on purpose, fatal() for a user's mistake, panic() for a kernel bug. */
#include <kernel/bug.h>
#include <kernel/drive.h>
#include <kernel/irqflags.h>
#include <kernel/job.h>
#include <kernel/nmi.h>
#include <kernel/panic.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
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

/* Whose turn it is to print where it was: set by the CPU that panics, NO_CPU when it is done. */
static int shows = NO_CPU;

static void show_where(const struct pt_regs *regs)
{
	struct task_struct *t = current;

	printk("# CPU%d, thread %s, interrupts %s\n", raw_smp_processor_id(), t ? t->name : "boot",
	       regs->flags & X86_EFLAGS_IF ? "on" : "off");
	show_backtrace(regs);
	smp_store_release(&shows, NO_CPU); /* pairs with panic_show_other_cpus() */
}

/* @regs: what was interrupted, if an NMI stops this CPU. */
static void __noreturn stop_here(const struct pt_regs *regs)
{
	for (;;) {
		cpu_relax();
		if (regs && READ_ONCE(shows) == raw_smp_processor_id())
			show_where(regs);
	}
}

static void panic_nmi(struct pt_regs *regs, bool irqs_on)
{
	if (READ_ONCE(halt_others) && raw_smp_processor_id() != READ_ONCE(panic_cpu))
		stop_here(regs);
}
NMI_HANDLER(panic_nmi);

static void stop_other_cpus(void)
{
	struct cpumask others;

	if (READ_ONCE(halt_others))
		return;

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
		stop_here(NULL);
	if (stop_others)
		stop_other_cpus();
}

static void show_held_locks(const struct task_struct *t)
{
	for (unsigned int i = 0; CONFIG_PROVE_LOCKING && i < t->nr_held && i < MAX_LOCKS_HELD; i++)
		printk("#   holds %s (rank %u)\n", t->held[i].name, t->held[i].rank);
}

#define SHOWN_CPUS 8
#define SHOW_NS	   NSEC_PER_SEC /* for a page on a slow serial port */

void panic_show_other_cpus(const struct cpumask *except)
{
	unsigned int n = 0;

	stop_other_cpus();
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		u64 since = sched_clock();

		if ((int)cpu == raw_smp_processor_id() || cpumask_test_cpu(cpu, except) ||
		    !cpumask_test_cpu(cpu, &cpu_online_mask))
			continue;
		if (n++ == SHOWN_CPUS) {
			printk("# further CPUs are not shown\n");
			return;
		}
		WRITE_ONCE(shows, (int)cpu);
		/* Pairs with show_where(). */
		while (smp_load_acquire(&shows) == (int)cpu && sched_clock() - since < SHOW_NS)
			cpu_relax();
		if (cmpxchg(&shows, (int)cpu, NO_CPU) == (int)cpu)
			printk("# CPU%u does not say where it is\n", cpu);
	}
}

void panic(const char *fmt, ...)
{
	static const struct cpumask none;
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
	panic_show_other_cpus(&none);
	call_atexit(EXIT_PANIC);
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
