/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <kernel/percpu_defs.h>
#include <asm/rwonce.h>

/*
 * model_cpu_off is the distance to the copy of the CPU that is running. It changes only when
 * the search resumes another CPU.
 *
 * this_cpu_read() and this_cpu_write() are marked accesses, for another CPU may read the
 * variable. this_cpu_add() is for variables that no other CPU reads.
 */
extern unsigned long model_cpu_off;

#define this_cpu_ptr(ptr)	      ((typeof(ptr))((char *)(ptr) + model_cpu_off))

#define this_cpu_read(var)	      READ_ONCE(*this_cpu_ptr(&(var)))
#define this_cpu_write(var, val)      WRITE_ONCE(*this_cpu_ptr(&(var)), val)
#define this_cpu_add(var, val)	      (*this_cpu_ptr(&(var)) += (val))
#define this_cpu_add_return(var, val) (*this_cpu_ptr(&(var)) += (u64)(val))

#endif
