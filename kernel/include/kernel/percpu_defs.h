/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_PERCPU_DEFS_H
#define KERNEL_PERCPU_DEFS_H

#include <kernel/compiler.h>
#include <kernel/config.h>
#include <kernel/types.h>

/*
 * Per-CPU variables live in .data..percpu; each CPU has a copy of that section. How a CPU
 * finds its own depends on the machine: include <asm/percpu.h>, which also has
 * this_cpu_ptr(), _read(), _write(), _add() and _add_return().
 *
 * A declaration says in a comment which CPUs and contexts may touch the variable: own CPU in task
 * context; own CPU with IRQs off; own CPU writes and all read.
 */
#define DEFINE_PER_CPU(type, name) __section(".data..percpu") __used typeof(type) name
#define DEFINE_PER_CPU_ALIGNED(type, name) \
	__section(".data..percpu") __used typeof(type) name __cacheline_aligned
#define DECLARE_PER_CPU(type, name) extern typeof(type) name

extern unsigned long __per_cpu_offset[CONFIG_NR_CPUS]; /* each CPU's copy minus the section */

#define per_cpu_ptr(ptr, cpu) ((typeof(ptr))((char *)(ptr) + __per_cpu_offset[cpu]))
#define per_cpu(var, cpu)     (*per_cpu_ptr(&(var), cpu))

#define this_cpu_inc(var)     this_cpu_add(var, 1)
#define this_cpu_dec(var)     this_cpu_add(var, -1)

#endif
