/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_PARAM_H
#define KERNEL_PARAM_H

#include <kernel/linkset.h>
#include <kernel/types.h>

/*
 * Kernel command line: "name=value name=value …". Options register themselves; an
 * unknown name or an unacceptable value ends the run with one line (fatal()).
 */
struct param {
	const char *name;
	const char *help; /* one line: meaning, range, default */
	/* Returns 0, or -EINVAL to have the value refused with @help. */
	int (*set)(const char *value);
};
LINKSET_DECLARE(param, const struct param);
#define PARAM(pname, phelp, fn)                                          \
	static const struct param __param_##pname = {#pname, phelp, fn}; \
	LINKSET_ADD(param, &__param_##pname)

/**
 * cmdline_word - the next word of a command line
 * @line: where to look; moved behind the word
 * @len: its length
 *
 * Words end at white space: blank, tab, newline, vertical tab, form feed, carriage return. Quotes
 * are characters like any other. Every reader of a command line uses this splitter.
 *
 * Context: any.
 * Return: the word, not terminated, or NULL when there is none left.
 */
const char *cmdline_word(const char **line, size_t *len);

/**
 * cmdline_find - an option before parse_params() has run
 * @cmdline: the whole command line
 * @name: registered with PARAM() as well; the setter refuses bad values
 * @buf: gets the value of the last "@name="
 * @size: bytes in @buf
 *
 * Context: any.
 * Return: false if there is none, or if its value does not fit into @buf: never a part of it.
 */
bool cmdline_find(const char *cmdline, const char *name, char *buf, size_t size);

/* Sets every option, or fatal()s: an unknown name, a value refused, a quote. Modifies the string. */
void parse_params(char *cmdline);
const char *saved_command_line(void);

/* Decimal or 0x hex; -EINVAL for anything else, -ERANGE past 64 bits. */
int parse_u64(const char *s, u64 *res);

#endif
