/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU areas: one copy of the linked section per CPU, made when the number of CPUs is
 * known. Until then the boot CPU has used the section itself. All copies are made from its
 * present contents: the initial values, and what early boot code has counted.
 */
#include "desc.h"
#include "early.h"
#include "msr.h"
#include <kernel/memblock.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/page.h>
#include <asm/setup.h>

#define LARGE_PAGE (1UL << 21)

extern char __per_cpu_start[], __per_cpu_end[]; /* linker.ld */

DEFINE_PER_CPU(unsigned long, this_cpu_off);
unsigned long __per_cpu_offset[CONFIG_NR_CPUS];

void arch_setup_percpu(void)
{
	size_t size = (size_t)(__per_cpu_end - __per_cpu_start);
	size_t unit = ALIGN(size, PAGE_SIZE);
	/* In large pages of the direct map, as Linux's embedded first chunk. */
	char *area = memblock_alloc_or_die(nr_cpu_ids * unit, LARGE_PAGE, "per-CPU areas");

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++, area += unit) {
		memcpy(area, __per_cpu_start, size);
		__per_cpu_offset[cpu] = (unsigned long)(area - __per_cpu_start);
		per_cpu(this_cpu_off, cpu) = __per_cpu_offset[cpu];
	}
	wrmsr(MSR_GS_BASE, __per_cpu_offset[0]);
	stacks_init();
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		desc_alloc((int)cpu);
}
