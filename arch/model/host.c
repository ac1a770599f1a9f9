/* SPDX-License-Identifier: GPL-2.0 */
#define _GNU_SOURCE /* REG_ERR */
#include "host.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *host_alloc(size_t size)
{
	void *p = aligned_alloc(64, (size + 63) & ~(size_t)63);

	if (!p)
		host_die("out of memory");
	return memset(p, 0, size);
}

void *host_alloc_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		host_die("out of memory");
	return p;
}

void host_free(void *p)
{
	free(p);
}

void host_vprint(const char *fmt, va_list ap)
{
	vprintf(fmt, ap);
}

void host_quiet(void)
{
	if (!freopen("/dev/null", "w", stderr))
		host_die("/dev/null cannot be opened");
}

void host_note(const char *what)
{
	fprintf(stderr, "explore: %s\n", what);
}

static void (*on_die)(const char *what);

void host_on_die(void (*fn)(const char *what))
{
	on_die = fn;
}

void host_die(const char *what)
{
	if (on_die)
		on_die(what);
	else
		host_note(what);
	exit(2);
}

#define WATCHES	   64
#define WATCH_PAGE 4096
static struct watch {
	char *base;
	size_t size;
	void (*written)(void *page);
} watches[WATCHES];
static unsigned int nr_watches;

static void (*on_crash)(void);

void host_on_crash(void (*fn)(void))
{
	on_crash = fn;
}

#define FAULT_WRITE 2 /* #PF error code; not set for a jump into a watched page */
static bool is_write(const ucontext_t *context)
{
	return context->uc_mcontext.gregs[REG_ERR] & FAULT_WRITE;
}

static struct sigaction before; /* for a SIGSEGV that is not a write to a watched page */

/* On a stack of its own: the page may be that of the stack in use. */
static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	char *page = (char *)((uintptr_t)info->si_addr & ~(uintptr_t)(WATCH_PAGE - 1));

	bool written = info->si_code > 0 && is_write(context);

	for (unsigned int i = 0; written && i < nr_watches; i++) {
		if (page < watches[i].base || page >= watches[i].base + watches[i].size)
			continue;
		if (mprotect(page, WATCH_PAGE, PROT_READ | PROT_WRITE))
			host_die("mprotect() of a page failed");
		watches[i].written(page);
		return;
	}
	sigaction(SIGSEGV, &before, NULL); /* another fault ends the process at once */
	if (on_crash)
		on_crash();
	if (info->si_code <= 0) /* sent by a process, not by a fault */
		raise(SIGSEGV);
	/* Else return: the access faults again and ends the process. */
}

static void catch_faults(void)
{
	static char stack[65536];
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	if (sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof(stack)}, NULL) ||
	    sigaction(SIGSEGV, &action, &before))
		host_die("SIGSEGV cannot be caught");
}

void host_watch(void *base, size_t size, void (*written)(void *page))
{
	if (!nr_watches)
		catch_faults();
	if (nr_watches == WATCHES)
		host_die("more than WATCHES areas to watch");
	watches[nr_watches++] = (struct watch){base, size, written};
	if (mprotect(base, size, PROT_READ))
		host_die("mprotect() of the modelled memory failed");
}
