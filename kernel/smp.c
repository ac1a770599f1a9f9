/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running a function on other CPUs: the ordered contract of <kernel/smp.h>.
 *
 * Each pair (caller, target) has one request record. Requests to a CPU hang in its
 * lock-free LIFO; the handler takes the whole list at once and turns it round, so they
 * run in the order in which they were queued. A caller that finds the list empty sends the
 * interrupt. One that finds it not empty need not: the handler that will take the earlier
 * request has not run yet and will find this one too:
 *
 *	caller A		caller B		target
 *	push a: list was empty
 *				push b: not empty
 *	send IPI
 *							xchg(list, NULL): b, a
 *							run a, b; release each
 *	acquire a		acquire b
 *
 * A record may be reused once the target has released it, which for a call without
 * wait is before the function has run: func and info are copied out first.
 */
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/errno.h>
#include <kernel/event.h>
#include <kernel/memblock.h>
#include <kernel/preempt.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>
#include <asm/setup.h>
#include <asm/smp.h>

unsigned int nr_cpu_ids __read_mostly = 1;
struct cpumask cpu_online_mask __read_mostly;

DEFINE_BUSTED(csd_no_wait, "a request record is reused while it is still queued");
DEFINE_BUSTED(csd_newest_first, "requests run in the order in which the list has them");
DEFINE_BUSTED(csd_late_next, "the next request is looked up after this one was released");

#define CSD_BUSY 1u /* queued or being run: set by the caller, cleared by the target */
#define CSD_WAIT 2u /* released only after the function has returned */

/* A cache line each: only the target and the caller use it. */
struct csd {
	struct csd *next;
	smp_call_func_t func;
	void *info;
	u32 flags;
	u16 src;
} __cacheline_aligned;

struct call_queue {
	struct csd *head; /* any CPU pushes; this CPU takes all */
} __cacheline_aligned;

static DEFINE_PER_CPU_ALIGNED(struct call_queue, call_queue);
static DEFINE_PER_CPU(struct csd *, call_csds); /* by target; own CPU, preemption off */
static DEFINE_PER_CPU(u64, call_interrupts); /* own CPU writes, all read */

DEFINE_PER_CPU(int, cpu_number);

int smp_processor_id(void)
{
	lockdep_assert_preemption_disabled();
	return raw_smp_processor_id();
}

int get_cpu(void)
{
	preempt_disable();
	return raw_smp_processor_id();
}

void put_cpu(void)
{
	preempt_enable();
}

u64 smp_call_interrupts(unsigned int cpu)
{
	return READ_ONCE(per_cpu(call_interrupts, cpu));
}

/* Wait until the target has released @csd. Pairs with csd_release(). */
static void csd_wait(struct csd *csd, unsigned int cpu)
{
	struct watchdog_wait w = {0};

	sync_point(SITE_CSD, SYNC_ACQUIRE, &csd->flags); /* one step, however often it looks */
	while (smp_load_acquire(&csd->flags) & CSD_BUSY)
		watchdog_spin(&w, "call-function request", (int)cpu);
}

/* A CPU that sees it released sees everything that the function did. Pairs with csd_wait(). */
static void csd_release(struct csd *csd)
{
	shared_store_release(SITE_CSD, &csd->flags, 0);
}

/* Returns whether the queue was empty, that is, whether an interrupt is due. */
static bool csd_push(struct csd *csd, unsigned int cpu)
{
	struct csd **headp = &per_cpu(call_queue, cpu).head;
	struct csd *old = READ_ONCE(*headp);

	/* Once for all attempts, which together are one step. */
	sync_point(SITE_CSD, SYNC_RMW, headp);
	sync_point(SITE_CSD, SYNC_WRITE, &csd->next);
	do {
		WRITE_ONCE(csd->next, old);
		/* Full barrier; publishes func, info, flags and whatever @info points to.
		 * Pairs with the xchg() in generic_smp_call_function_interrupt(). */
	} while (!try_cmpxchg(headp, &old, csd));
	return !old;
}

static bool csd_queue(unsigned int cpu, smp_call_func_t func, void *info, bool wait)
{
	struct csd *csd = &this_cpu_read(call_csds)[cpu];

	if (!busted(csd_no_wait))
		csd_wait(csd, cpu); /* an earlier call without wait may still be queued */
	WRITE_ONCE(csd->func, func);
	WRITE_ONCE(csd->info, info);
	WRITE_ONCE(csd->flags, CSD_BUSY | (wait ? CSD_WAIT : 0));
	return csd_push(csd, cpu);
}

static void run_here(smp_call_func_t func, void *info)
{
	unsigned long flags;

	local_irq_save(flags);
	func(info);
	local_irq_restore(flags);
}

unsigned int smp_call_function_many_cond(const struct cpumask *mask, smp_call_func_t func,
					 void *info, bool wait, smp_cond_func_t cond, bool self)
{
	unsigned int me = (unsigned int)raw_smp_processor_id();
	unsigned int cpu, called = 0, ipis = 0;
	struct cpumask targets, interrupt;
	bool here = false;

	lockdep_assert_preemption_disabled();
	lockdep_assert(!in_nmi());
	/* Two CPUs that wait for each other with IRQs off would wait for ever. */
	lockdep_assert_irqs_enabled();

	cpumask_clear(&targets);
	cpumask_clear(&interrupt);
	for_each_cpu (cpu, mask) {
		if (!cpumask_test_cpu(cpu, &cpu_online_mask) || (cond && !cond((int)cpu, info)))
			continue;
		if (cpu == me) {
			here = self;
			continue;
		}
		if (csd_queue(cpu, func, info, wait)) {
			__cpumask_set_cpu(cpu, &interrupt);
			ipis++;
		}
		__cpumask_set_cpu(cpu, &targets);
		called++;
	}

	if (called)
		observe(IPI_SEND, func, called, ipis);
	if (ipis) {
		sync_point(SITE_IPI, SYNC_WRITE, &interrupt);
		arch_send_call_function_ipi_mask(&interrupt);
	}
	if (here)
		run_here(func, info);
	if (wait)
		for_each_cpu (cpu, &targets)
			csd_wait(&this_cpu_read(call_csds)[cpu], cpu);
	if (wait && called)
		observe(IPI_DONE, func, called, 0);
	return called;
}

/* The newest request is first: turn the list round. It is ours alone now. */
static struct csd *oldest_first(struct csd *list)
{
	struct csd *out = NULL;

	if (busted(csd_newest_first))
		return list;
	while (list) {
		struct csd *next = READ_ONCE(list->next);

		WRITE_ONCE(list->next, out);
		out = list;
		list = next;
	}
	return out;
}

static void csd_run(struct csd *csd)
{
	smp_call_func_t func = READ_ONCE(csd->func);
	void *info = READ_ONCE(csd->info);
	u16 src = READ_ONCE(csd->src);
	bool wait = READ_ONCE(csd->flags) & CSD_WAIT;

	observe(IPI_RECV, func, src, wait);
	if (!wait)
		csd_release(csd);
	func(info);
	if (wait)
		csd_release(csd);
}

void __hot generic_smp_call_function_interrupt(void)
{
	struct csd **headp = &this_cpu_ptr(&call_queue)->head;
	struct csd *csd, *next;

	lockdep_assert_irqs_disabled();
	this_cpu_write(call_interrupts, this_cpu_read(call_interrupts) + 1);
	/* Pairs with the try_cmpxchg() in csd_push(). */
	csd = oldest_first(shared_rmw(SITE_CSD, headp, xchg(PTR, NULL)));
	for (; csd; csd = next) {
		next = READ_ONCE(csd->next); /* released, it is the caller's again */
		csd_run(csd);
		/* Also without the planted bug, so that the schedules are the same. */
		sync_point(SITE_CSD, SYNC_READ, &csd->next);
		if (busted(csd_late_next))
			next = READ_ONCE(csd->next);
	}
}

unsigned int on_each_cpu_cond_mask(smp_cond_func_t cond, smp_call_func_t func, void *info,
				   bool wait, const struct cpumask *mask)
{
	unsigned int called;

	preempt_disable();
	called = smp_call_function_many_cond(mask, func, info, wait, cond, true);
	preempt_enable();
	return called;
}

unsigned int on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info,
			      bool wait)
{
	return on_each_cpu_cond_mask(NULL, func, info, wait, mask);
}

unsigned int on_each_cpu(smp_call_func_t func, void *info, bool wait)
{
	return on_each_cpu_mask(&cpu_online_mask, func, info, wait);
}

unsigned int smp_call_function(smp_call_func_t func, void *info, bool wait)
{
	unsigned int called;

	preempt_disable();
	called = smp_call_function_many_cond(&cpu_online_mask, func, info, wait, NULL, false);
	preempt_enable();
	return called;
}

int smp_call_function_single(int cpu, smp_call_func_t func, void *info, bool wait)
{
	struct cpumask one;

	/* CPUs do not go offline: no lock, and no second look. */
	if ((unsigned int)cpu >= nr_cpu_ids ||
	    !cpumask_test_cpu((unsigned int)cpu, &cpu_online_mask))
		return -ENXIO;
	cpumask_clear(&one);
	__cpumask_set_cpu((unsigned int)cpu, &one);
	on_each_cpu_mask(&one, func, info, wait);
	return 0;
}

static u64 cpus_up_ns;

u64 boot_cpus_up_ns(void)
{
	return cpus_up_ns;
}

void smp_init(void)
{
	unsigned int src, dst;
	size_t row = nr_cpu_ids * sizeof(struct csd);

	for (src = 0; src < nr_cpu_ids; src++) {
		struct csd *csds =
			memblock_alloc_or_die(row, sizeof(struct csd), "call-function requests");

		for (dst = 0; dst < nr_cpu_ids; dst++)
			csds[dst].src = (u16)src;
		per_cpu(call_csds, src) = csds;
	}
	arch_boot_secondary_cpus();
	for (dst = 0; dst < nr_cpu_ids; dst++)
		if (!cpumask_test_cpu(dst, &cpu_online_mask))
			fatal("CPU%u did not come up", dst);
	cpus_up_ns = sched_clock();
}
