/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

#include <kernel/compiler.h>
#include <kernel/types.h>

/*
 * The symbol table that the second link adds (tools/kallsyms.sh, tools/places.sh): functions by
 * ascending address. All weak: an image linked without it prints bare addresses.
 */
struct kallsym {
	u64 addr;
	const char *name;
};
extern const struct kallsym kallsyms[] __weak;
extern const u64 kallsyms_count __weak;

/* The function that contains @addr and the distance from its start, or NULL. Any context. */
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset);

/*
 * Where the calls of __observe() stand, by ascending return address: "function file:line", of the
 * innermost function that is not in a header.
 */
struct place {
	u64 ip;
	const char *text;
};
extern const struct place places[] __weak;
extern const u64 places_count __weak;

/* The text for the return address @ip, or NULL. Any context. */
const char *place_lookup(unsigned long ip);

#endif
