/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_INJECT_H
#define KERNEL_INJECT_H

#include <kernel/linkset.h>
#include <kernel/types.h>

/*
 * Deliberate faults, so that each way of ending badly can be tested:
 *
 *	inject=name:arg[,name:arg]	arg is a number, 0 when left out
 *
 * A fault is registered by name next to the code that causes it. An unknown name is an
 * error, so a test cannot pass by a misspelt fault.
 */
struct injection {
	const char *name;
	const char *help; /* what it does, and what the argument means */
	void (*start)(u64 arg); /* called in task context just before the job, or NULL */
};
LINKSET_DECLARE(injection, const struct injection);
#define INJECTION(ident, iname, ihelp, startfn)                                      \
	static const struct injection __injection_##ident = {iname, ihelp, startfn}; \
	LINKSET_ADD(injection, &__injection_##ident)

/* The argument of injected fault @name, or -1 when it was not asked for. Any context. */
s64 inject_arg(const char *name);

/* Calls ->start() of every fault that was asked for. Context: task, all CPUs up. */
void inject_start(void);

#endif
