/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of code as places in the sources, by addr2line, which is run once for many of them. */
#include "host.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

/*
 * @at:	"function file:line", the innermost one in a .c file: other functions may be inlined there
 * @function: the outermost one, whose code it is
 */
struct known {
	unsigned long pc;
	char at[200], function[80];
};
static struct known *known;
static unsigned int nr_known;

/* The path of the program; how many bytes of it name the source tree, 0: none. */
static char exe[400];
static size_t top;

static void find_exe(void)
{
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *build;

	if (n < 0)
		host_die("/proc/self/exe cannot be read");
	if ((size_t)n == sizeof(exe) - 1)
		host_die("the path of the program is too long");
	exe[n] = 0;
	build = strstr(exe, "/build/");
	top = build ? (size_t)(build - exe) + 1 : 0;
}

/* A pair of lines of addr2line: a function, and FILE:LINE. The innermost one comes first. */
static void take_pair(struct known *k, const char *function, const char *file)
{
	if (*function == '?')
		return;
	snprintf(k->function, sizeof(k->function), "%s", function);
	if (!*k->at && !strstr(file, ".h:"))
		snprintf(k->at, sizeof(k->at), "%s %s", function,
			 strncmp(file, exe, top) ? file : file + top);
}

/* What it prints for known[first] and those that follow. */
static void read_places(FILE *f, unsigned int first)
{
	char line[400], function[200] = "";
	unsigned int i = first - 1;

	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, " \n")] = 0;
		if (!strncmp(line, "0x", 2)) {
			i++;
			*function = 0;
		} else if (i >= nr_known) {
			return;
		} else if (!*function) {
			snprintf(function, sizeof(function), "%s", line);
		} else {
			take_pair(&known[i], function, line);
			*function = 0;
		}
	}
}

static bool is_known(unsigned long pc)
{
	for (unsigned int i = 0; i < nr_known; i++)
		if (known[i].pc == pc)
			return true;
	return false;
}

/* Room in the command line for so many. */
#define MOST 4096

void host_places(const unsigned long *pc, unsigned int nr)
{
	static char command[500 + MOST * 20];
	unsigned int first = nr_known;
	size_t n;
	FILE *f;

	if (!*exe)
		find_exe();
	n = (size_t)snprintf(command, sizeof(command), "addr2line -a -f -i -e '%s'", exe);
	known = realloc(known, (nr_known + nr) * sizeof(*known));
	if (!known)
		host_die("out of memory");
	for (unsigned int i = 0; i < nr && nr_known - first < MOST; i++) {
		if (is_known(pc[i]))
			continue;
		known[nr_known++] = (struct known){.pc = pc[i]};
		n += (size_t)snprintf(command + n, sizeof(command) - n, " %#lx", pc[i]);
	}
	if (nr_known == first)
		return;
	fflush(NULL);
	f = popen(command, "r");
	if (!f)
		return;
	read_places(f, first);
	pclose(f);
}

static const struct known *look_up(unsigned long pc)
{
	unsigned int i = 0;

	host_places(&pc, 1);
	while (known[i].pc != pc)
		i++;
	return &known[i];
}

const char *host_place(unsigned long pc)
{
	const char *at = look_up(pc)->at;

	return *at ? at : NULL;
}

/* What is not the kernel's, but runs in its place. */
static bool is_model(const char *place)
{
	return strstr(place, " arch/model/") || strstr(place, " arch/linux/") ||
	       strstr(place, " tests/explore/");
}

const char *host_kernel_place(unsigned long pc)
{
	const char *place = host_place(pc);

	return place && !is_model(place) ? place : NULL;
}

const char *host_function(unsigned long pc)
{
	const char *function = look_up(pc)->function;

	return *function ? function : NULL;
}

struct callers {
	unsigned int *ip;
	unsigned int nr, max;
	unsigned long from;
};

static _Unwind_Reason_Code caller(struct _Unwind_Context *context, void *arg)
{
	struct callers *c = arg;
	unsigned long ip = _Unwind_GetIP(context);

	if (c->from && ip != c->from)
		return _URC_NO_REASON;
	c->from = 0;
	if (c->nr == c->max)
		return _URC_END_OF_STACK;
	c->ip[c->nr++] = (unsigned int)ip;
	return _URC_NO_REASON;
}

void host_callers(unsigned long from, unsigned int *ip, unsigned int max)
{
	struct callers c = {.ip = ip, .max = max, .from = from};

	_Unwind_Backtrace(caller, &c);
}

static size_t spell_place(char *buf, size_t size, unsigned long pc)
{
	const char *at = host_place(pc);

	return (size_t)(at ? snprintf(buf, size, "%s", at) : snprintf(buf, size, "%#lx", pc));
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
		n += spell_place(buf + n, size - n, strtoul(text + 1, &end, 16));
		text = end;
	}
	if (*text || n >= size)
		host_die("a line with places in the sources is too long");
	buf[n] = '\0';
}
