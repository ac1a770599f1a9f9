/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random delays at sync points, from the seed, to widen the windows.
 *
 * With one TCG thread a stretch of code without a PAUSE is atomic: nothing races. So the
 * delays are not a refinement: a walk that never yields between two reads proves nothing.
 * One cpu_relax() gives every other CPU a turn there; on silicon it is some 40-140 cycles.
 *
 * Walkers get most of them, before they read a PMD (the window of an unshare) or a PTE (of
 * a collapse). Short ones are frequent; long ones are as rare as there are CPUs to wait for.
 */
#include <kernel/cpumask.h>
#include <kernel/event.h>
#include <kernel/rand.h>
#include <kernel/smp.h>
#include <asm/percpu.h>
#include <asm/setup.h>
#include <kernel/string.h>
#include <tests/torture.h>

static DEFINE_PER_CPU(struct rand, delay_rand); /* own CPU; an interrupt in between just draws too */
static unsigned int relax_scale;

static void relax(unsigned int times)
{
	for (unsigned int i = 0; i < times * relax_scale; i++)
		cpu_relax();
}

static void delay_hook(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	struct rand *r = this_cpu_ptr(&delay_rand);
	u64 x;

	switch (site) {
	case SITE_PMD:
	case SITE_PTE:
		if (rw != SYNC_READ)
			return;
		x = rand_next(r) >> 20;
		if (x % (64 + 16 * nr_cpu_ids) == 0)
			relax(32 + (x >> 20) % 64);
		else if (x % 4 == 0)
			relax(1 + (x >> 20) % 3);
		return;
	case SITE_PUD:
	case SITE_LOADED:
	case SITE_MASK:
	case SITE_GEN:
	case SITE_REF:
		x = rand_next(r) >> 20;
		if (x % 16 == 0)
			relax(1 + (x >> 20) % 2);
		return;
	default:
		return;
	}
}

void delay_start(void)
{
	unsigned int cpu;

	/* Where a PAUSE is no turn of everyone else, it takes many to let a race happen. */
	relax_scale = strcmp(arch_machine_name(), "TCG") ? 32 : 1;
	for_each_online_cpu(cpu)
		rand_init(per_cpu_ptr(&delay_rand, cpu), 0xde1a0000 + cpu);
	WRITE_ONCE(sync_point_hook, delay_hook);
}

void delay_stop(void)
{
	WRITE_ONCE(sync_point_hook, NULL);
}
