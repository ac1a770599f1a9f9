/* SPDX-License-Identifier: GPL-2.0 */
/* The controller: it gives driven CPUs their turns and waits until they are back at the gate. */
#include "metal.h"
#include <kernel/bug.h>
#include <kernel/cpumask.h>
#include <kernel/drive.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/barrier.h>
#include <asm/insn.h>
#include <asm/smp.h>

unsigned int metal_driven;
atomic_t metal_retired;
bool metal_nmi_now;

void metal_give(unsigned int cpu, enum metal_order order)
{
	WRITE_ONCE(metal_cpus[cpu].state, STATE_RUNNING);
	smp_store_release(&metal_cpus[cpu].order, order); /* pairs with park() */
}

/* Steps to repeat: the CPU that has taken one gives the next one its turn. */
static struct {
	const unsigned char *procs;
	unsigned int nr, at, cpu;
	u32 done;
} script;

bool metal_on_path(void)
{
	return script.nr;
}

void metal_next(void)
{
	unsigned int p;

	if (script.at == script.nr) {
		script.nr = 0;
		smp_store_release(&script.done, 1); /* pairs with metal_run() */
		return;
	}
	p = script.procs[script.at++];
	metal_nr_touched = 0;
	script.cpu = p % METAL_CPUS;
	metal_give(script.cpu, p < METAL_CPUS ? ORDER_STEP : ORDER_IRQ);
}

void metal_send_nmi(unsigned int cpu)
{
	struct cpumask one = {0};

	__cpumask_set_cpu(cpu, &one);
	metal_nmi_now = true;
	arch_send_nmi_mask(&one);
	metal_nmi_now = false;
}

#define LIMITS	   5 /* of the watchdog: a host may take the CPU off in the middle of a step */
#define WAIT_TURNS 20000 /* time alone is no proof of a hang: the emulator may have been stopped */

static void __noreturn never_answers(unsigned int cpu, u64 waited)
{
	static char schedule[600];
	struct cpumask one = {0};
	char what[800];

	world_describe_schedule(schedule, sizeof(schedule));
	__cpumask_set_cpu(cpu, &one);
	drive = NULL;
	metal_mode = METAL_OFF;
	snprintf(what, sizeof(what), "has reached no sync point for %llu s, after %s",
		 (unsigned long long)(waited / NSEC_PER_SEC), schedule);
	watchdog_report(&one, what);
	for (;;)
		cpu_relax();
}

/* Pairs with park() and the other stores of @value. */
static void wait_for(const u32 *word, u32 value, const unsigned int *cpu)
{
	u64 since = 0, waited;

	for (u32 turns = 0; smp_load_acquire(word) != value; turns++) {
		cpu_relax();
		if (turns % 256)
			continue;
		if (!since)
			since = sched_clock();
		waited = sched_clock() - since;
		if (turns > WAIT_TURNS && watchdog_ns() && waited > LIMITS * watchdog_ns())
			never_answers(*cpu, waited);
	}
}

void metal_wait(unsigned int cpu, enum metal_state state)
{
	wait_for(&metal_cpus[cpu].state, state, &cpu);
}

void metal_run(const unsigned char *procs, unsigned int n)
{
	if (!n)
		return;
	script.procs = procs;
	script.nr = n;
	script.at = script.done = 0;
	metal_next();
	wait_for(&script.done, 1, &script.cpu);
}

void metal_drive(unsigned int cpus)
{
	metal_driven = cpus;
	metal_hook();
	metal_mode = METAL_SETUP;
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		arch_send_reschedule_ipi((int)cpu);
		metal_wait(cpu, STATE_PARKED);
		BUG_ON(metal_cpus[cpu].op.kind != OP_IDLE);
	}
	for (unsigned int cpu = cpus; cpu < nr_cpu_ids - 1; cpu++)
		arch_send_reschedule_ipi((int)cpu);
	while ((unsigned int)atomic_read(&metal_retired) < nr_cpu_ids - 1 - cpus)
		cpu_relax();
}
