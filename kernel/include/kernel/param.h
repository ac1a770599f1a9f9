/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_PARAM_H
#define KERNEL_PARAM_H

#include <kernel/linkset.h>
#include <kernel/types.h>

/*
 * Kernel command line: "name=value name=value …". Options register themselves; an
 * unknown name or an unacceptable value ends the run with one line (die()).
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

void parse_params(char *cmdline); /* modifies the string */
const char *saved_command_line(void);

/* Decimal or 0x hex; -EINVAL for anything else, -ERANGE past 64 bits. */
int kstrtou64(const char *s, u64 *res);

#endif
