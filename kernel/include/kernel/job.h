/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_JOB_H
#define KERNEL_JOB_H

#include <kernel/bug.h>
#include <kernel/linkset.h>

/*
 * What a boot is for, chosen with run=NAME (default: the job named "torture" if it is
 * linked). main() brings everything up, then runs it in a thread on CPU 0.
 */
struct job {
	const char *name;
	const char *help;
	enum exit_status (*run)(void);
};
LINKSET_DECLARE(job, const struct job);
#define JOB(jname, jhelp, fn)                                        \
	static const struct job __job_##jname = {#jname, jhelp, fn}; \
	LINKSET_ADD(job, &__job_##jname)

/*
 * Steps of bringing up what lies above kernel/, in ascending order of @level, before
 * the job starts and after all CPUs are up: 0 mm, 1 arch mm, 2 tests.
 */
struct initcall {
	int level;
	const char *name;
	void (*fn)(void);
};
LINKSET_DECLARE(initcall, const struct initcall);
#define INITCALL(lvl, func)                                                  \
	static const struct initcall __initcall_##func = {lvl, #func, func}; \
	LINKSET_ADD(initcall, &__initcall_##func)

/*
 * What is called when the job has ended, with its status, or at the end of a panic. Then the other
 * CPUs are stopped, and IRQs are off.
 */
struct atexit {
	void (*fn)(enum exit_status status);
};
LINKSET_DECLARE(atexit, const struct atexit);
#define ATEXIT(func)                                                 \
	static const struct atexit __atexit_##func = {.fn = (func)}; \
	LINKSET_ADD(atexit, &__atexit_##func)
void call_atexit(enum exit_status status);

#endif
