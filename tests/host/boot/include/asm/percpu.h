/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <kernel/percpu_defs.h>

/* In place of the kernel's: one CPU at a time. */
#define this_cpu_read(var) (var)

#endif
