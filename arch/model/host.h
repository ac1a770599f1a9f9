/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_HOST_H
#define MODEL_HOST_H

#include <stdarg.h>
#include <stddef.h>

/* What the model needs of libc, whose headers do not mix with the kernel's. */
void *host_alloc(size_t size); /* zeroed, aligned to a cache line; never fails */
void host_free(void *p);
void *host_alloc_shared(size_t size); /* zeroed; the same memory for processes forked later */
void host_vprint(const char *fmt, va_list ap);
void host_note(const char *what); /* a line on standard error */
/*
 * @text with each "@0x..." in it spelled as the place in the sources: "function file:line", the
 * innermost one in a .c file. It runs addr2line, once for each place: for what is printed.
 */
#define HOST_AT "@%#lx"
void host_spell(const char *text, char *buf, size_t size);
/*
 * host_places.c: the place of the instruction at @pc, "function file:line", the innermost one in a
 * .c file; the function whose code it is; NULL: not known. host_places() looks many up at once.
 */
void host_places(const unsigned long *pc, unsigned int nr);
const char *host_place(unsigned long pc);
const char *host_kernel_place(unsigned long pc); /* NULL also if it is in the model */
const char *host_function(unsigned long pc);
/* Return addresses of the caller and its callers, from @from on, or, if that is 0, of all. */
void host_callers(unsigned long from, unsigned int *ip, unsigned int max);
/* Pages of [@base, @base + @size): @written is called before the first write to each. */
void host_watch(void *base, size_t size, void (*written)(void *page));
void host_on_crash(void (*fn)(void)); /* called at a fault that ends the process */
void host_on_die(void (*fn)(const char *what)); /* gets host_die()'s text, which is not printed */
void host_quiet(void); /* nothing more on standard error */
/* Exit with status 2, no verdict: a limit of the model, or of the machine that it runs on. */
void host_die(const char *what) __attribute__((noreturn));

/* The model has no room for this, or does not define it. BUG_ON() is a verdict on the kernel. */
#define MODEL_LIMIT(cond, what)                                  \
	do {                                                     \
		if (__builtin_expect(!!(cond), 0))               \
			host_die("a limit of the model: " what); \
	} while (0)

#endif
