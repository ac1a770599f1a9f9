/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding CPUs that have stopped answering. Every tick beats this CPU's heart and feels
 * the pulse of the next CPU. A stuck CPU takes no interrupts, but it takes an NMI, and
 * prints where it is.
 *
 * Time alone must not condemn: an emulator may be stopped for seconds, and with all
 * virtual CPUs on one thread a CPU that spins without pause keeps the others waiting for
 * 100 ms at a time. So the watcher must itself have been alive, that is ticking, all
 * the while.
 */
#include <kernel/bug.h>
#include <kernel/cpumask.h>
#include <kernel/errno.h>
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/panic.h>
#include <kernel/param.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/barrier.h>
#include <asm/ptrace.h>
#include <asm/smp.h>

static u64 watchdog_seconds = 4; /* set by parse_params(), constant afterwards; 0: off */

static int set_watchdog(const char *value)
{
	u64 v;

	if (kstrtou64(value, &v) || v > 3600)
		return -EINVAL;
	watchdog_seconds = v;
	return 0;
}
PARAM(watchdog,
      "seconds without a timer tick after which a CPU counts as hung, 0 to 3600, 0 = never (default 4)",
      set_watchdog);

/* Ticks of our own in which the neighbour showed no sign of life. */
#define MIN_TICKS 10
/* Turns of a wait loop that a wait must have had before it counts as too long. */
#define MIN_SPINS 32

/* sched_clock() at its last tick. Own CPU writes, all read. */
static DEFINE_PER_CPU(u64, heartbeat);

/* What this CPU knows about its neighbour. Own CPU with IRQs off. */
struct pulse {
	u64 last; /* its signs of life when we looked */
	u32 ticks; /* of ours since that was new */
};
static DEFINE_PER_CPU(struct pulse, pulse);

/* Set by the reporter, cleared by the CPU's NMI handler when it has printed. */
static DEFINE_PER_CPU(int, backtrace_wanted);

static void watchdog_nmi(struct pt_regs *regs, bool irqs_on)
{
	if (!this_cpu_read(backtrace_wanted))
		return;
	printk("# CPU%d is here (interrupts %s):\n", raw_smp_processor_id(),
	       irqs_on ? "on" : "off");
	show_regs(regs);
	/* Pairs with the acquire in ask_for_backtrace(). */
	smp_store_release(this_cpu_ptr(&backtrace_wanted), 0);
}
NMI_HANDLER(watchdog_nmi);

static void ask_for_backtrace(unsigned int cpu)
{
	u64 since = sched_clock();
	struct cpumask one;

	if (cpu == (unsigned int)raw_smp_processor_id()) {
		dump_stack();
		return;
	}
	cpumask_clear(&one);
	__cpumask_set_cpu(cpu, &one);
	WRITE_ONCE(per_cpu(backtrace_wanted, cpu), 1);
	arch_send_nmi_mask(&one);
	while (smp_load_acquire(per_cpu_ptr(&backtrace_wanted, cpu))) {
		if (sched_clock() - since > NSEC_PER_SEC) {
			printk("# CPU%u does not even take an NMI\n", cpu);
			return;
		}
		cpu_relax();
	}
}

void watchdog_report(const struct cpumask *stuck, const char *what)
{
	unsigned int cpu, shown = 0;

	panic_begin(false);
	for_each_cpu (cpu, stuck) {
		printk("panic: CPU%u: %s (found by CPU%d)\n", cpu, what, raw_smp_processor_id());
		/* One is the cause, a few wait for it; 64 dumps would hide it. */
		if (shown++ < 4)
			ask_for_backtrace(cpu);
	}
	shutdown(EXIT_PANIC);
}

/* Clocks of two CPUs may differ a little: a tick in the future is a tick just now. */
static u64 silent_for(unsigned int cpu, u64 now)
{
	u64 beat = READ_ONCE(per_cpu(heartbeat, cpu));

	return beat && beat < now ? now - beat : 0;
}

/*
 * The neighbour is stuck. Others may be waiting for the same CPU with interrupts off, and
 * the one that we watch may be one of those: name all of them.
 */
static void __noreturn report_silent_cpus(u64 now)
{
	struct cpumask silent;
	unsigned int cpu;
	char what[64];

	cpumask_clear(&silent);
	for_each_online_cpu (cpu)
		if (silent_for(cpu, now) >= watchdog_seconds * NSEC_PER_SEC / 2)
			__cpumask_set_cpu(cpu, &silent);
	snprintf(what, sizeof(what), "no timer tick for %llu s, interrupts are off",
		 (unsigned long long)watchdog_seconds);
	watchdog_report(&silent, what);
}

void watchdog_tick(void)
{
	struct pulse *p = this_cpu_ptr(&pulse);
	unsigned int me = (unsigned int)raw_smp_processor_id(), neighbour;
	u64 now = sched_clock(), beat, life;

	WRITE_ONCE(*this_cpu_ptr(&heartbeat), now);
	neighbour = cpumask_next_from(me + 1, &cpu_online_mask);
	if (neighbour >= nr_cpu_ids)
		neighbour = cpumask_first(&cpu_online_mask);
	if (!watchdog_seconds || neighbour == me)
		return;

	beat = READ_ONCE(per_cpu(heartbeat, neighbour));
	/*
	 * No beat at all: it has not started its timer yet. Calls count as life too: their
	 * vector outranks the timer's, and hundreds of CPUs that broadcast at once can keep a
	 * tick out for seconds.
	 */
	life = beat + smp_call_interrupts(neighbour);
	if (life != p->last || !beat) {
		p->last = life;
		p->ticks = 0;
		return;
	}
	if (++p->ticks >= MIN_TICKS && !panic_in_progress() &&
	    silent_for(neighbour, now) >= watchdog_seconds * NSEC_PER_SEC)
		report_silent_cpus(now);
}

static void __noreturn report_wait(const struct watchdog_wait *w, const char *what, int cpu)
{
	struct cpumask hung;
	char text[160];

	cpumask_clear(&hung);
	__cpumask_set_cpu((unsigned int)(cpu >= 0 ? cpu : raw_smp_processor_id()), &hung);
	snprintf(text, sizeof(text), "has kept CPU%d waiting for %llu s: %s",
		 raw_smp_processor_id(),
		 (unsigned long long)((sched_clock() - w->since) / NSEC_PER_SEC), what);
	watchdog_report(&hung, text);
}

void watchdog_spin(struct watchdog_wait *w, const char *what, int cpu)
{
	cpu_relax();
	if (++w->spins % 8 || !watchdog_seconds)
		return;
	if (!w->since)
		w->since = sched_clock();
	/* Twice the time: the tick of a third CPU finds the culprit, we only a victim. */
	else if (w->spins >= MIN_SPINS && !panic_in_progress() &&
		 sched_clock() - w->since >= 2 * watchdog_seconds * NSEC_PER_SEC)
		report_wait(w, what, cpu);
}
