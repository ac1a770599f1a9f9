/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random delays at sync points, from the seed, to widen the windows.
 *
 * With one TCG thread code without a PAUSE is atomic: nothing races with it. So the delays are
 * necessary: a walk without one between two reads tests nothing. There one cpu_relax() gives
 * every other CPU a turn; on hardware it takes some 40-140 cycles.
 *
 * Walkers get most of them, before they read a PMD (the window of an unshare) or a PTE (of
 * a collapse). Short ones are frequent. A long one holds up every flush and sync that waits
 * for its CPU, so with n CPUs, of which each op may wait for all, they are as rare as n².
 */
#include <kernel/cpumask.h>
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/preempt.h>
#include <kernel/rand.h>
#include <kernel/smp.h>
#include <asm/percpu.h>
#include <asm/pv_model.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>
#include <kernel/string.h>
#include <tests/nmi_walker.h>
#include <tests/torture.h>

static DEFINE_PER_CPU(struct rand,
		      delay_rand); /* own CPU; an interrupt in between just draws too */
static unsigned int relax_scale, long_one_in;
static bool preempt; /* a long delay is a preemption by the hypervisor's model */

static void relax(unsigned int times)
{
	for (unsigned int i = 0; i < times * relax_scale; i++) {
		cpu_relax();
		nmi_poll();
	}
}

/* A CPU that waits for this one sees no difference; a paravirtual flush need not wait. */
static void long_delay(unsigned int times)
{
	if (preempt)
		pv_model_preempt(times * relax_scale);
	else
		relax(times);
}

/* How often a walk is delayed. In NMIs there are few walks, so more of them are. */
static u64 one_in(enum sync_site site)
{
	if (site != SITE_PMD && site != SITE_PTE)
		return 16;
	return in_nmi() ? 2 : 8;
}

static u64 long_delay_one_in(void)
{
	return in_nmi() ? long_one_in / 8 : long_one_in;
}

static void delay_hook(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	u64 x = rand_next(this_cpu_ptr(&delay_rand)) >> 20, y = x >> 20;

	if (!irqs_disabled()) {
		/* A writer: it has hundreds of these in a loop, and holds locks. */
		if (x % 128 == 0)
			relax(1 + y % 2);
		return;
	}
	if (site >= SITE_LOCK)
		return;
	if (x % long_delay_one_in() == 0)
		long_delay(32 + y % 64);
	else if (x % one_in(site) == 0)
		relax(1 + y % 3);
}

void delay_start(void)
{
	unsigned int cpu;

	/* Where a PAUSE does not give all other CPUs a turn, it takes many to let a race happen. */
	relax_scale = strcmp(arch_machine_name(), "TCG") ? 32 : 1;
	preempt = pv_model_on() && !strcmp(flush_backend()->name, "pv");
	long_one_in = 64 + 8 * nr_cpu_ids * nr_cpu_ids;
	for_each_online_cpu (cpu)
		rand_init(per_cpu_ptr(&delay_rand, cpu), 0xde1a0000 + cpu);
	WRITE_ONCE(sync_point_hook, delay_hook);
}

void delay_stop(void)
{
	WRITE_ONCE(sync_point_hook, NULL);
}
