/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Physical memory, and what the code under test expects of the kernel around it.
 *
 * An input is: kind (a letter), 64 bits of argument, size, bytes. A kind in lower case puts the
 * bytes into physical memory at the argument, for the next input ('x': exactly, nothing around
 * them may be touched); one in upper case runs it.
 */
#include "harness.h"
#include <kernel/bug.h>
#include <kernel/cpumask.h>
#include <kernel/memblock.h>
#include <kernel/printk.h>
#include <kernel/errno.h>
#include <kernel/string.h>
#include <asm/page.h>
#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PHYS_SIZE (4UL << 30) /* what head.S maps */
#define AROUND	  4096

uintptr_t phys_memory;
static struct {
	u64 pa;
	u32 size;
} put[4096];
static unsigned int nr_put;

static char said[8192];
static jmp_buf ended;

static void say(const char *kind, const char *fmt, va_list ap)
{
	size_t n = strlen(said);

	n += (size_t)snprintf(said + n, sizeof(said) - n, "%s", kind);
	vsnprintf(said + n, sizeof(said) - n, fmt, ap);
	for (char *s = said; *s; s++)
		if (*s == '\n' || *s == '\t')
			*s = '|';
}

void out(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

int printk(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
	return 0;
}

void fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("error: ", fmt, ap);
	va_end(ap);
	longjmp(ended, 1);
}

/* A bug of ours, whatever the input. */
void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	abort();
}

long strscpy(char *d, const char *s, size_t n)
{
	size_t len = strlen(s);

	if (!n)
		return -E2BIG;
	memcpy(d, s, min(len, n - 1));
	d[min(len, n - 1)] = '\0';
	return len < n ? (long)len : -E2BIG;
}

void phys_put(u64 pa, const void *data, u32 size, bool exact)
{
	if (pa > PHYS_SIZE - size || nr_put == ARRAY_SIZE(put))
		abort();
	memcpy(__va(pa), data, size);
	if (exact) {
		ASAN_POISON_MEMORY_REGION((char *)__va(pa) - AROUND, AROUND);
		ASAN_POISON_MEMORY_REGION((char *)__va(pa) + size, AROUND);
	}
	put[nr_put].pa = pa;
	put[nr_put++].size = size;
}

static void phys_clear(void)
{
	while (nr_put--) {
		char *p = __va(put[nr_put].pa);

		ASAN_UNPOISON_MEMORY_REGION(p - AROUND, put[nr_put].size + 2 * AROUND);
		memset(p, 0, put[nr_put].size);
	}
	nr_put = 0;
}

static void run(char kind, const struct input *in)
{
	static void (*const run_kind[26])(const struct input *) = {
		['A' - 'A'] = run_acpi,	      ['C' - 'A'] = run_params, ['I' - 'A'] = run_ipi,
		['M' - 'A'] = run_multiboot2, ['P' - 'A'] = run_pvh,
	};

	said[0] = '\0';
	if (!setjmp(ended))
		run_kind[kind - 'A'](in);
	printf("\t%s\n", said);
	fflush(stdout);
	phys_clear();
}

int main(void)
{
	struct {
		u64 arg;
		u32 size;
		char kind;
	} __packed head;
	char *base = mmap(NULL, PHYS_SIZE + 2 * AROUND, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED || mprotect(base, AROUND, PROT_NONE) ||
	    mprotect(base + AROUND + PHYS_SIZE, AROUND, PROT_NONE))
		return 2;
	phys_memory = (uintptr_t)base + AROUND;
	while (fread(&head, sizeof(head), 1, stdin)) {
		u8 *data = malloc(head.size); /* of its size exactly: ASan watches its ends */
		struct input in = {data, head.size, head.arg};

		if (head.size && fread(data, head.size, 1, stdin) != 1)
			return 2;
		if (head.kind >= 'a')
			phys_put(head.arg, data, head.size, head.kind == 'x');
		else
			run(head.kind, &in);
		free(data);
	}
	return 0;
}
