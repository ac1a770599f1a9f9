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
#include <unistd.h>

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

/* The path of the program. Return: how many bytes of it name the source tree; 0: none. */
static size_t own_path(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *build;

	if (n < 0)
		host_die("/proc/self/exe cannot be read");
	if ((size_t)n == size - 1)
		host_die("the path of the program is too long");
	path[n] = 0;
	build = strstr(path, "/build/");
	return build ? (size_t)(build - path) + 1 : 0;
}

static bool in_header(const char *line)
{
	return strstr(line, ".h:");
}

static void look_up(unsigned long pc, char *buf, size_t size)
{
	char exe[400], command[500], function[200] = "?", file[400] = "?";
	size_t top = own_path(exe, sizeof(exe));
	FILE *f;

	snprintf(command, sizeof(command), "addr2line -f -i -e '%s' %#lx", exe, pc);
	fflush(NULL);
	f = popen(command, "r");
	while (f && fgets(function, sizeof(function), f) && fgets(file, sizeof(file), f))
		if (!in_header(file))
			break;
	if (f)
		pclose(f);
	function[strcspn(function, "\n")] = 0;
	file[strcspn(file, " \n")] = 0;
	if (*function == '?')
		snprintf(buf, size, "%#lx", pc);
	else
		snprintf(buf, size, "%s %s", function, strncmp(file, exe, top) ? file : file + top);
}

/* It remembers as many places as one verdict and its history have. */
static const char *place(unsigned long pc)
{
	static struct {
		unsigned long pc;
		char text[200];
	} known[16];
	unsigned int i = 0;

	while (i < sizeof(known) / sizeof(*known) - 1 && known[i].pc && known[i].pc != pc)
		i++;
	if (known[i].pc != pc) {
		look_up(pc, known[i].text, sizeof(known[i].text));
		known[i].pc = pc;
	}
	return known[i].text;
}

void host_spell(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	while (*text && n < size - 1) {
		char *end;

		if (strncmp(text, "@0x", 3)) {
			buf[n++] = *text++;
			continue;
		}
		n += (size_t)snprintf(buf + n, size - n, "%s", place(strtoul(text + 1, &end, 16)));
		text = end;
	}
	if (*text || n >= size)
		host_die("a line with places in the sources is too long");
	buf[n] = '\0';
}
