/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <kernel/compiler.h>
#include <kernel/config.h>
#include <kernel/types.h>
#include <asm/rwonce.h>

/*
 * Per-CPU variables: each modelled CPU has a copy of the section. model_cpu_off is the
 * distance to the copy of the CPU that is running, and changes only when the search goes
 * on with another one.
 *
 * this_cpu_read() and this_cpu_write() are marked accesses, for another CPU may read the
 * variable. this_cpu_add() is for what no other CPU looks at.
 */
#define DEFINE_PER_CPU(type, name) __section(".data..percpu") __used typeof(type) name
#define DEFINE_PER_CPU_ALIGNED(type, name) \
	__section(".data..percpu") __used typeof(type) name __cacheline_aligned
#define DECLARE_PER_CPU(type, name) extern typeof(type) name

extern unsigned long model_cpu_off;
extern unsigned long __per_cpu_offset[CONFIG_NR_CPUS];

#define per_cpu_ptr(ptr, cpu)	      ((typeof(ptr))((char *)(ptr) + __per_cpu_offset[cpu]))
#define per_cpu(var, cpu)	      (*per_cpu_ptr(&(var), cpu))
#define this_cpu_ptr(ptr)	      ((typeof(ptr))((char *)(ptr) + model_cpu_off))

#define this_cpu_read(var)	      READ_ONCE(*this_cpu_ptr(&(var)))
#define this_cpu_write(var, val)      WRITE_ONCE(*this_cpu_ptr(&(var)), val)
#define this_cpu_add(var, val)	      (*this_cpu_ptr(&(var)) += (val))
#define this_cpu_add_return(var, val) (*this_cpu_ptr(&(var)) += (u64)(val))
#define this_cpu_inc(var)	      this_cpu_add(var, 1)
#define this_cpu_dec(var)	      this_cpu_add(var, -1)

#endif
