/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_BUG_H
#define KERNEL_BUG_H

#include <kernel/compiler.h>
#include <kernel/config.h>

/*
 * Four levels: BUILD_BUG_ON() for layout; VM_BUG_ON() and lockdep_assert_*() for
 * invariants, absent from the bench flavour; BUG_ON() always; and oracle_fail()
 * (tests/), which is a verdict and never panics.
 */
void panic(const char *fmt, ...) __cold __noreturn __printf(1, 2);

/*
 * die: the user's mistake or the machine's lack, not a bug. One line, no backtrace,
 * status EXIT_ERROR.
 */
void fatal(const char *fmt, ...) __cold __noreturn __printf(1, 2);

/* Exit statuses of a run, as run.sh returns them. */
enum exit_status {
	EXIT_PASS = 0,
	EXIT_RED = 1, /* a verdict: something was found */
	EXIT_ERROR = 2, /* bad option, missing resource */
	EXIT_PANIC = 3, /* a bug of ours */
};

/* Ends the run: the debug-exit device, or a message and a halt where there is none. */
void shutdown(enum exit_status status) __noreturn;

#define BUG_ON(cond)                                                          \
	do {                                                                  \
		if (unlikely(cond))                                           \
			panic("BUG: %s at %s:%d", #cond, __FILE__, __LINE__); \
	} while (0)
#define VM_BUG_ON(cond)                                                          \
	do {                                                                     \
		if (CONFIG_DEBUG_VM && unlikely(cond))                           \
			panic("VM_BUG: %s at %s:%d", #cond, __FILE__, __LINE__); \
	} while (0)

#endif
