/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HARNESS_H
#define HARNESS_H

#include <kernel/compiler.h>
#include <kernel/types.h>

/*
 * What reads strangers' data at boot, compiled as a program under AddressSanitizer and UBSan. It reads
 * inputs from stdin and prints a line for each (main.c); tests/host/09-boot-parsers.t makes them up
 * and compares. A fatal() of the code under test ends the one input.
 */
struct input {
	const u8 *data;
	u32 size;
	u64 arg; /* a physical address, a number */
};

/* One function a kind of input: prints what came out, without the newline. */
void run_multiboot2(const struct input *in);
void run_pvh(const struct input *in);
void run_acpi(const struct input *in);
void run_params(const struct input *in);
void run_ipi(const struct input *in);

/* @size bytes appear at @pa; with @exact an access to what lies around them is an error. */
void phys_put(u64 pa, const void *data, u32 size, bool exact);

void out(const char *fmt, ...) __printf(1, 2);

extern bool harness_x2apic; /* what CPUID offers */

#endif
