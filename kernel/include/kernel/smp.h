/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_SMP_H
#define KERNEL_SMP_H

#include <kernel/cpumask.h>
#include <kernel/types.h>
#include <asm/percpu.h>

/*
 * Running a function on other CPUs. Order of things in a waiting call:
 *
 *	1. preemption is off, interrupts are on (a CPU that waited with interrupts
 *	   off for a CPU that waits for it would never end: asserted)
 *	2. for each target the request goes into that CPU's queue (release)
 *	3. one interrupt to each target whose queue was empty: requests coalesce
 *	4. the target's handler empties its queue and runs the requests, IRQs off
 *	5. it releases each request; the caller sees all of them released (acquire)
 *
 * So when a waiting call returns, each target has taken an interrupt after step 2,
 * and whatever ran there with interrupts off has ended.
 */
typedef void (*smp_call_func_t)(void *info);
typedef bool (*smp_cond_func_t)(int cpu, void *info);

/* Written once per CPU, before that CPU runs. */
DECLARE_PER_CPU(int, cpu_number);

static __always_inline int raw_smp_processor_id(void)
{
	return this_cpu_read(cpu_number);
}

int smp_processor_id(void); /* asserts that preemption or IRQs are off */
int get_cpu(void); /* preempt_disable() and the CPU's number */
void put_cpu(void);

/**
 * smp_call_function_many_cond - run @func on the CPUs of @mask but not on this one
 * @mask: may contain this CPU and CPUs that are not online; both are skipped
 * @func: run with IRQs off in interrupt context on each target
 * @info: passed to @func; must stay valid until all have run
 * @wait: return only after @func has ended everywhere
 * @cond: if not NULL, asked per CPU of @mask, this one included, on this CPU, in
 *        order; false leaves that CPU out
 * @self: also run @func here, with IRQs off, after the interrupts are sent (before the wait)
 *
 * Context: preemption off, IRQs on (asserted). Not from NMI.
 * Return: number of other CPUs on which @func was asked to run.
 * Source: Linux smp_call_function_many_cond() (there SCF_RUN_LOCAL is @self).
 */
unsigned int smp_call_function_many_cond(const struct cpumask *mask, smp_call_func_t func,
					 void *info, bool wait, smp_cond_func_t cond, bool self);

/*
 * Linux's contracts, where these return nothing; here the number of other CPUs called. Any
 * preemption state, IRQs on.
 */
unsigned int smp_call_function(smp_call_func_t func, void *info, bool wait);
unsigned int on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info,
			      bool wait);
unsigned int on_each_cpu_cond_mask(smp_cond_func_t cond, smp_call_func_t func, void *info,
				   bool wait, const struct cpumask *mask);
unsigned int on_each_cpu(smp_call_func_t func, void *info, bool wait);

/**
 * smp_call_function_single - run @func on @cpu, which may be this one, with IRQs off there
 *
 * Context: IRQs on (asserted), any preemption state. Return: 0, or -ENXIO: there is no such
 * CPU online. Source: Linux smp_call_function_single().
 */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, bool wait);

/* The interrupt's handler: empties this CPU's queue. IRQs off, called by arch. */
void generic_smp_call_function_interrupt(void);

/* Interrupts this CPU has taken for the call-function vector. Own CPU writes, all read. */
u64 smp_call_interrupts(unsigned int cpu);

/* Boot: brings up every CPU or ends with one line that names the one that is missing. */
void smp_init(void);

/* sched_clock() when smp_init() had all of them. */
u64 boot_cpus_up_ns(void);

#endif
