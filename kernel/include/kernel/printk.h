/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <kernel/compiler.h>
#include <kernel/types.h>
#include <stdarg.h>

/*
 * printk() writes straight to the console, whole lines under one lock, from any
 * context (in a panic or NMI the lock is waited for only briefly, then ignored).
 * Formats: the usual, plus %pS (symbol+offset). Lines that are not KTAP results or
 * the table start with "# " by convention, so that a KTAP reader passes over them.
 */
int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

/*
 * snprintf() that returns what it has written, not what it would have: for lines that are
 * put together piece by piece, and may be cut. Source: Linux scnprintf().
 */
static inline __printf(3, 4) int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return !size ? 0 : (size_t)n < size ? n : (int)size - 1;
}

#endif
