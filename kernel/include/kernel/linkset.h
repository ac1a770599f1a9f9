/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_LINKSET_H
#define KERNEL_LINKSET_H

#include <kernel/compiler.h>
#include <kernel/string.h>

/*
 * Linker sets: how a backend, a policy, a test, an oracle or a job makes itself
 * known without an edit anywhere else.
 *
 *	LINKSET_DECLARE(job, struct job);	in the header that owns the type
 *	LINKSET_ADD(job, &my_job);		in the one file that adds a member
 *	linkset_for_each(job, j) ...		j is a const struct job *
 *
 * The order of the members is the linker's; sort by name where order matters.
 * An empty set is legal: an image without tests/ still links.
 */
#define LINKSET_DECLARE(set, type)                     \
	typedef type linkset_##set##_t;                \
	extern type *const __start_set_##set[] __weak; \
	extern type *const __stop_set_##set[] __weak

#define LINKSET_ADD(set, ptr)                                               \
	static linkset_##set##_t *const __UNIQUE_ID(linkset_##set##_member) \
		__used __section("set_" #set) = (ptr)

#define linkset_for_each(set, it)                                           \
	for (linkset_##set##_t *const *__it_##set = __start_set_##set, *it; \
	     __it_##set < __stop_set_##set && ((it = *__it_##set), 1); __it_##set++)

/* The member whose name is number @n in alphabetical order, from 0; NULL past the last. */
#define linkset_nth(set, n)                                                             \
	({                                                                              \
		linkset_##set##_t *__last = NULL, *__best;                              \
		unsigned int __left = (n);                                              \
		do {                                                                    \
			__best = NULL;                                                  \
			linkset_for_each (set, __m)                                     \
				if ((!__last || strcmp(__m->name, __last->name) > 0) && \
				    (!__best || strcmp(__m->name, __best->name) < 0))   \
					__best = __m;                                   \
			__last = __best;                                                \
		} while (__best && __left--);                                           \
		__best;                                                                 \
	})

#define linkset_count(set) ((size_t)(__stop_set_##set - __start_set_##set))

#endif
