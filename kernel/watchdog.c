/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding CPUs that have stopped answering. Every tick beats this CPU's heart and feels
 * the pulse of the next CPU. A stuck CPU takes no interrupts, but it takes an NMI, and
 * prints where it is.
 *
 * Time alone must not condemn: an emulator may be stopped for seconds, and with all
 * virtual CPUs on one thread a CPU that spins without pause keeps the others waiting for
 * 100 ms at a time. So the watcher must itself have been alive, that is ticking, all
 * the while. And a host may take one virtual CPU off for seconds while the others run. That
 * one takes no NMI either, where a hung CPU takes each: so a silent CPU is sent NMIs, and
 * has to be seen running often enough. One that takes none gets ABSENT times as long.
 *
 * A CPU in watchdog_spin() waits for another one, which may be the one that is off. It is not
 * to blame, and ends its wait itself.
 */
#include <kernel/bug.h>
#include <kernel/cpumask.h>
#include <kernel/drive.h>
#include <kernel/errno.h>
#include <kernel/irqflags.h>
#include <kernel/job.h>
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

	if (parse_u64(value, &v) || v > 3600)
		return -EINVAL;
	watchdog_seconds = v;
	return 0;
}
PARAM(watchdog,
      "seconds without a timer tick after which a CPU that runs counts as hung, 0 to 3600, 0 = never (default 4)",
      set_watchdog);

/* Ticks of our own in which the neighbour showed no sign of life. */
#define MIN_TICKS 10
/* Turns of a wait loop that a wait must have had before it counts as too long. */
#define MIN_SPINS 32
/* Times that a silent CPU must have been seen running, one after the other. */
#define MIN_SEEN  10
/* How many times the limit a CPU may be silent that is not seen running. */
#define ABSENT	  8
#define PROBE_NS  (10 * NSEC_PER_MSEC)

/* sched_clock() at its last tick. Own CPU writes, all read. */
static DEFINE_PER_CPU(u64, heartbeat);

/* What this CPU has seen of its neighbour. Own CPU with IRQs off. */
struct pulse {
	u64 last; /* its signs of life when we looked */
	u32 ticks; /* of ours since that was new */
	u32 seen; /* how often it had been seen running then */
};
static DEFINE_PER_CPU(struct pulse, pulse);

/* Set by the reporter, cleared by the CPU's NMI handler when it has printed. */
static DEFINE_PER_CPU(int, backtrace_wanted);

/* Asks a CPU whether it runs; set by any CPU, cleared by its NMI handler. */
static DEFINE_PER_CPU(int, probe_pending);
/* How often this CPU was found running, and not waiting for another one. Own CPU writes, all read. */
static DEFINE_PER_CPU(u32, seen_running);
/* Turns in watchdog_spin(), how many there were at the last look, in one now. Own CPU. */
static DEFINE_PER_CPU(u32, turns);
static DEFINE_PER_CPU(u32, turns_before);
static DEFINE_PER_CPU(int, in_turn);
/* Was it in there at its last tick or NMI? Own CPU. */
static DEFINE_PER_CPU(int, waits);

u64 watchdog_ns(void)
{
	return watchdog_seconds * NSEC_PER_SEC;
}

/* By its own tick, or by an NMI. */
static void note_running(void)
{
	u32 n = this_cpu_read(turns);
	bool waiting = n != this_cpu_read(turns_before) || this_cpu_read(in_turn);

	if (!waiting)
		this_cpu_add(seen_running, 1);
	this_cpu_write(waits, waiting);
	this_cpu_write(turns_before, n);
}

bool watchdog_waits(void)
{
	return this_cpu_read(waits);
}

static u32 seen(unsigned int cpu)
{
	return READ_ONCE(per_cpu(seen_running, cpu));
}

static void send_nmi(unsigned int cpu)
{
	struct cpumask one;

	cpumask_clear(&one);
	__cpumask_set_cpu(cpu, &one);
	arch_send_nmi_mask(&one);
}

/* One at a time: while its host keeps it off, a CPU has one NMI to take when it is back. */
static void probe(unsigned int cpu)
{
	int *pending = per_cpu_ptr(&probe_pending, cpu);

	if (driven() || READ_ONCE(*pending))
		return;
	WRITE_ONCE(*pending, 1);
	send_nmi(cpu);
}

static void watchdog_nmi(struct pt_regs *regs, bool irqs_on)
{
	if (this_cpu_read(probe_pending)) {
		this_cpu_write(probe_pending, 0);
		note_running();
	}
	if (!this_cpu_read(backtrace_wanted))
		return;
	printk("# CPU%d is here (interrupts %s):\n", raw_smp_processor_id(),
	       irqs_on ? "on" : "off");
	show_regs(regs);
	/* Pairs with ask_for_backtrace(). */
	smp_store_release(this_cpu_ptr(&backtrace_wanted), 0);
}
NMI_HANDLER(watchdog_nmi);

static void ask_for_backtrace(unsigned int cpu)
{
	u64 since = sched_clock();

	if (cpu == (unsigned int)raw_smp_processor_id()) {
		dump_stack();
		return;
	}
	WRITE_ONCE(per_cpu(backtrace_wanted, cpu), 1);
	send_nmi(cpu);
	/* What the other CPU has printed comes first. Pairs with watchdog_nmi(). */
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
	panic_show_other_cpus(stuck);
	call_atexit(EXIT_PANIC);
	shutdown(EXIT_PANIC);
}

static void __noreturn report_one(int cpu, const char *what)
{
	struct cpumask one;

	cpumask_clear(&one);
	__cpumask_set_cpu((unsigned int)cpu, &one);
	watchdog_report(&one, what);
}

void watchdog_report_self(const char *what)
{
	report_one(raw_smp_processor_id(), what);
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
static void __noreturn report_silent_cpus(u64 now, u64 silence, bool runs)
{
	struct cpumask silent;
	unsigned int cpu;
	char what[100];

	cpumask_clear(&silent);
	for_each_online_cpu (cpu)
		if (silent_for(cpu, now) >= watchdog_ns() / 2)
			__cpumask_set_cpu(cpu, &silent);
	snprintf(what, sizeof(what), "no timer tick for %llu s, %s",
		 (unsigned long long)(silence / NSEC_PER_SEC),
		 runs ? "interrupts are off"
		      : "and no NMI taken: hung, or its host does not run it");
	watchdog_report(&silent, what);
}

void watchdog_tick(void)
{
	struct pulse *p = this_cpu_ptr(&pulse);
	unsigned int me = (unsigned int)raw_smp_processor_id(), neighbour;
	u64 now = sched_clock(), beat, life, silence;
	bool runs;

	WRITE_ONCE(*this_cpu_ptr(&heartbeat), now);
	note_running();
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
		p->seen = seen(neighbour);
		return;
	}
	silence = silent_for(neighbour, now);
	if (++p->ticks < MIN_TICKS || panic_in_progress() || silence < watchdog_ns())
		return;
	runs = seen(neighbour) - p->seen >= MIN_SEEN;
	if (runs || (p->ticks >= ABSENT * MIN_TICKS && silence >= ABSENT * watchdog_ns()))
		report_silent_cpus(now, silence, runs);
	probe(neighbour);
}

static void __noreturn report_wait(const struct watchdog_wait *w, const char *what, int cpu)
{
	char text[160];

	snprintf(text, sizeof(text), "has kept CPU%d waiting for %llu s: %s",
		 raw_smp_processor_id(),
		 (unsigned long long)((sched_clock() - w->since) / NSEC_PER_SEC), what);
	report_one(cpu >= 0 ? cpu : raw_smp_processor_id(), text);
}

/* Has @cpu been seen running again and again, and kept us waiting all the same? If not, ask. */
static bool to_blame(struct watchdog_wait *w, int cpu, u64 now)
{
	if (cpu < 0 || cpu == raw_smp_processor_id())
		return false;
	if (cpu + 1 != w->cpu) {
		w->cpu = cpu + 1;
		w->seen = seen((unsigned int)cpu);
	}
	if (seen((unsigned int)cpu) - w->seen >= MIN_SEEN)
		return true;
	if (now - w->probed >= PROBE_NS) {
		w->probed = now;
		probe((unsigned int)cpu);
	}
	return false;
}

void watchdog_spin(struct watchdog_wait *w, const char *what, int cpu)
{
	u64 now, waited;

	this_cpu_write(in_turn, 1);
	cpu_relax();
	this_cpu_write(in_turn, 0);
	this_cpu_add(turns, 1);
	if (++w->spins % 8 || !watchdog_seconds)
		return;
	now = sched_clock();
	if (!w->since)
		w->since = now;
	waited = now - w->since;
	/* Twice the time: the tick of a third CPU finds the culprit, we only a victim. */
	if (w->spins < MIN_SPINS || waited < 2 * watchdog_ns() || panic_in_progress())
		return;
	if (to_blame(w, cpu, now) || waited >= 2 * ABSENT * watchdog_ns())
		report_wait(w, what, cpu);
}
