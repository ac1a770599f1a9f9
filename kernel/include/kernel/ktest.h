/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_KTEST_H
#define KERNEL_KTEST_H

#include <kernel/linkset.h>
#include <kernel/printk.h>
#include <kernel/types.h>

/*
 * In-kernel tests, KTAP on the console, in the manner of KUnit:
 *
 *	KTEST(gather, batch_of_510)
 *	{
 *		KEXPECT_EQ(t, tlb.batch_count, 1);
 *	}
 *
 * run=unit runs them all, sorted by suite and name; tests=PREFIX narrows. A failed
 * expectation is one "# " line with both values; the test goes on. KASSERT_ ends it.
 */
struct ktest {
	bool failed;
	const char *skip; /* why it was skipped, or NULL */
	u64 checks; /* expectations evaluated: a test without any fails */
};

struct ktest_case {
	const char *suite, *name;
	void (*run)(struct ktest *t);
};
LINKSET_DECLARE(ktest, const struct ktest_case);

#define KTEST(s, n)                                                                   \
	static void ktest_##s##_##n(struct ktest *t);                                 \
	static const struct ktest_case __ktest_##s##_##n = {#s, #n, ktest_##s##_##n}; \
	LINKSET_ADD(ktest, &__ktest_##s##_##n);                                       \
	static void ktest_##s##_##n(struct ktest *t)

void ktest_fail(struct ktest *t, const char *file, int line, const char *fmt, ...) __printf(4, 5);

#define KEXPECT(t, cond)                                                         \
	({                                                                       \
		bool __ok = (cond);                                              \
		(t)->checks++;                                                   \
		if (!__ok)                                                       \
			ktest_fail(t, __FILE__, __LINE__, "expected %s", #cond); \
		__ok;                                                            \
	})
#define __KEXPECT_OP(t, a, op, b)                                                        \
	({                                                                               \
		s64 __a = (s64)(a), __b = (s64)(b);                                      \
		bool __ok = __a op __b;                                                  \
		(t)->checks++;                                                           \
		if (!__ok)                                                               \
			ktest_fail(t, __FILE__, __LINE__,                                \
				   "expected %s " #op " %s, have %lld and %lld", #a, #b, \
				   (long long)__a, (long long)__b);                      \
		__ok;                                                                    \
	})
#define KEXPECT_EQ(t, a, b) __KEXPECT_OP(t, a, ==, b)
#define KEXPECT_NE(t, a, b) __KEXPECT_OP(t, a, !=, b)
#define KEXPECT_GT(t, a, b) __KEXPECT_OP(t, a, >, b)
#define KEXPECT_GE(t, a, b) __KEXPECT_OP(t, a, >=, b)
#define KEXPECT_LE(t, a, b) __KEXPECT_OP(t, a, <=, b)
#define KASSERT(t, cond)               \
	do {                           \
		if (!KEXPECT(t, cond)) \
			return;        \
	} while (0)
#define KSKIP(t, why)              \
	do {                       \
		(t)->skip = (why); \
		return;            \
	} while (0)

#endif
