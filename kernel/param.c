/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel command line. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/string.h>

/* As much as the boot loader's (BOOT_CMDLINE_MAX). */
#define COMMAND_LINE_SIZE 2048
static char saved[COMMAND_LINE_SIZE];

const char *saved_command_line(void)
{
	return saved;
}

/* isspace() of the C locale; terminates no string. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *cmdline_word(const char **line, size_t *len)
{
	const char *p = *line, *word;

	while (is_space(*p))
		p++;
	for (word = p; *p && !is_space(*p); p++)
		;
	*line = p;
	*len = (size_t)(p - word);
	return *len ? word : NULL;
}

bool cmdline_find(const char *cmdline, const char *name, char *buf, size_t size)
{
	size_t n = strlen(name), len;
	bool found = false;
	const char *word;

	while ((word = cmdline_word(&cmdline, &len))) {
		if (len <= n || strncmp(word, name, n) || word[n] != '=')
			continue;
		len -= n + 1;
		found = len < size;
		if (!found)
			continue;
		memcpy(buf, word + n + 1, len);
		buf[len] = '\0';
	}
	return found;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

int parse_u64(const char *s, u64 *res)
{
	unsigned int base = 10;
	u64 v = 0;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		unsigned int d = (unsigned int)digit(*s);

		if (d >= base)
			return -EINVAL;
		if (v > (~0ULL - d) / base)
			return -ERANGE;
		v = v * base + d;
	}
	*res = v;
	return 0;
}

static const struct param *param_find(const char *name)
{
	linkset_for_each (param, p)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

/* The smallest name above @after, or NULL: an alphabetical walk without a sort. */
static const char *next_name(const char *after)
{
	const char *best = NULL;

	linkset_for_each (param, p)
		if ((!after || strcmp(p->name, after) > 0) && (!best || strcmp(p->name, best) < 0))
			best = p->name;
	return best;
}

static void __noreturn unknown_option(const char *name)
{
	char list[512];
	int n = 0;

	list[0] = '\0';
	for (const char *s = next_name(NULL); s && n < (int)sizeof(list); s = next_name(s))
		n += scnprintf(list + n, sizeof(list) - (size_t)n, " %s", s);
	fatal("unknown option '%.60s'; options are:%s", name, list);
}

static void parse_one(char *word)
{
	char *value = strchr(word, '=');
	const struct param *p;

	if (value)
		*value++ = '\0';
	p = param_find(word);
	if (!p)
		unknown_option(word);
	if (!value)
		fatal("option %s needs a value: %s", p->name, p->help);
	if (p->set(value))
		fatal("%s=%.60s is refused: %s", p->name, value, p->help);
}

void parse_params(char *cmdline)
{
	const char *p = cmdline, *word;
	size_t len;

	strscpy(saved, cmdline, sizeof(saved));
	if (strlen(cmdline) >= sizeof(saved))
		fatal("command line is longer than %d characters", COMMAND_LINE_SIZE - 1);
	for (char *s = saved; *s; s++) /* it is printed, as one line */
		if (is_space(*s))
			*s = ' ';
	if (strchr(cmdline, '"') || strchr(cmdline, '\''))
		fatal("a quote in the command line: no value has a blank in it; leave the quotes out");
	while ((word = cmdline_word(&p, &len))) {
		char *w = cmdline + (word - cmdline);

		/* Its end may be the end of the line: nothing to look at behind that. */
		if (*p)
			p++;
		w[len] = '\0';
		parse_one(w);
	}
}
