/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

#include <kernel/compiler.h>
#include <kernel/types.h>

/*
 * The symbol table that the second link adds: functions by ascending address. All
 * weak: an image linked without it prints bare addresses.
 */
struct kallsym {
	u64 addr;
	const char *name;
};
extern const struct kallsym kallsyms[] __weak;
extern const u64 kallsyms_count __weak;

/* The function that contains @addr and the distance from its start, or NULL. Any context. */
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset);

#endif
