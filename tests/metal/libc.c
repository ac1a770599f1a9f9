/* SPDX-License-Identifier: GPL-2.0 */
/* The library of the search, on the controller. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "metal.h"
#include <kernel/bug.h>
#include <kernel/printk.h>

/* A line of output comes in pieces. */
static char line[512];
static size_t filled;

int vfprintf(FILE *to, const char *fmt, va_list ap)
{
	int n = vsnprintf(line + filled, sizeof(line) - filled, fmt, ap);

	filled += (size_t)n < sizeof(line) - filled ? (size_t)n : sizeof(line) - filled - 1;
	if (filled && line[filled - 1] == '\n') {
		printk("%s%s", to == stderr ? "error: " : "", line);
		filled = 0;
	}
	return n;
}

int fprintf(FILE *to, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(to, fmt, ap);
	va_end(ap);
	return n;
}

int fputc(int c, FILE *to)
{
	return fprintf(to, "%c", c);
}

/* Its only user, xp_format(), asks for a buffer that is large enough. */
int sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, 16, fmt, ap);
	va_end(ap);
	return n;
}

void *calloc(size_t n, size_t size)
{
	return memset(arena_alloc(n * size, 64), 0, n * size);
}

void *aligned_alloc(size_t align, size_t size)
{
	return arena_alloc(size, align);
}

void free(void *p)
{
	/* All at once, when the search is over: arena_release(). */
}

void exit(int status)
{
	shutdown((enum exit_status)status);
}
