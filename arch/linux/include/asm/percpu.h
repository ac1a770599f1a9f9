/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_PERCPU_H
#define SHIM_PERCPU_H

/*
 * Per-CPU variables without %gs: model_cpu_off is the distance to this CPU's copy, as in
 * arch/model's <asm/percpu.h>. Reads and writes of one are marked accesses, for another CPU may
 * look. Additions are plain; none in the explored files is to a variable that others read.
 */
#if __has_include(<linux/args.h>)
#include <linux/args.h>
#endif
#include <seam.h>

#define __percpu_prefix
#define __force_percpu_prefix
#define __percpu_seg_override
#define PER_CPU_VAR(var) var

/* In assembly, so that it is not instrumented as an access of Linux's. */
static inline __attribute__((always_inline, const)) unsigned long shim_cpu_off(void)
{
	unsigned long off;

	asm("movq model_cpu_off, %0" : "=r"(off));
	return off;
}
#define __my_cpu_offset	       shim_cpu_off()

#define SHIM_OWN(pcp)	       (*raw_cpu_ptr(&(pcp)))
#define SHIM_READ(pcp)	       READ_ONCE(SHIM_OWN(pcp))
#define SHIM_WRITE(pcp, v)     WRITE_ONCE(SHIM_OWN(pcp), (typeof(pcp))(v))
#define SHIM_ADD(pcp, v)       (SHIM_OWN(pcp) += (v))

#define this_cpu_read_1	       SHIM_READ
#define this_cpu_read_2	       SHIM_READ
#define this_cpu_read_4	       SHIM_READ
#define this_cpu_read_8	       SHIM_READ
#define this_cpu_write_1       SHIM_WRITE
#define this_cpu_write_2       SHIM_WRITE
#define this_cpu_write_4       SHIM_WRITE
#define this_cpu_write_8       SHIM_WRITE
#define this_cpu_add_1	       SHIM_ADD
#define this_cpu_add_2	       SHIM_ADD
#define this_cpu_add_4	       SHIM_ADD
#define this_cpu_add_8	       SHIM_ADD
#define this_cpu_add_return_1  SHIM_ADD
#define this_cpu_add_return_2  SHIM_ADD
#define this_cpu_add_return_4  SHIM_ADD
#define this_cpu_add_return_8  SHIM_ADD

/* What does not change while a thread runs here. */
#define this_cpu_read_stable_1 SHIM_OWN
#define this_cpu_read_stable_2 SHIM_OWN
#define this_cpu_read_stable_4 SHIM_OWN
#define this_cpu_read_stable_8 SHIM_OWN
#define this_cpu_read_stable   SHIM_OWN
#define this_cpu_read_const    SHIM_OWN
#define raw_cpu_read_long      SHIM_OWN

#include <asm-generic/percpu.h>
#include <linux/percpu-defs.h>

DECLARE_PER_CPU(unsigned long, this_cpu_off);

/* Of early boot there is nothing here. */
#define DEFINE_EARLY_PER_CPU(type, name, init) DEFINE_PER_CPU(type, name) = init
#define DEFINE_EARLY_PER_CPU_READ_MOSTLY(type, name, init) \
	DEFINE_PER_CPU_READ_MOSTLY(type, name) = init
#define EXPORT_EARLY_PER_CPU_SYMBOL(name)	      EXPORT_PER_CPU_SYMBOL(name)
#define DECLARE_EARLY_PER_CPU(type, name)	      DECLARE_PER_CPU(type, name)
#define DECLARE_EARLY_PER_CPU_READ_MOSTLY(type, name) DECLARE_PER_CPU_READ_MOSTLY(type, name)
#define early_per_cpu(name, cpu)		      per_cpu(name, cpu)
#define early_per_cpu_ptr(name)			      NULL
#define early_per_cpu_map(name, i)		      (name)

#endif
