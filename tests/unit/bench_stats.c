/* SPDX-License-Identifier: GPL-2.0 */
/* Order statistics of the bench. */
#include <kernel/ktest.h>
#include <kernel/rand.h>
#include <tests/bench.h>

#define MOST 257U

KTEST(bench, sorted_and_nothing_lost)
{
	static u64 v[MOST];
	struct rand r;

	rand_init(&r, 1);
	for (unsigned int n = 1; n <= MOST; n += n < 40 ? 1 : 31) {
		u64 before = 0, after = 0;

		for (unsigned int i = 0; i < n; i++) {
			v[i] = rand_below(&r, n); /* some are equal */
			before += v[i] * v[i];
		}
		stats_sort(v, n);
		for (unsigned int i = 0; i < n; i++) {
			KEXPECT(t, !i || v[i - 1] <= v[i]);
			after += v[i] * v[i];
		}
		KEXPECT_EQ(t, before, after);
	}
}

KTEST(bench, quantiles)
{
	static u64 v[101];

	for (unsigned int i = 0; i < ARRAY_SIZE(v); i++)
		v[i] = 10 * i;
	KEXPECT_EQ(t, stats_quantile(v, 101, 0), 0);
	KEXPECT_EQ(t, stats_quantile(v, 101, 500), 500);
	KEXPECT_EQ(t, stats_quantile(v, 101, 990), 990);
	KEXPECT_EQ(t, stats_quantile(v, 101, 1000), 1000);
	KEXPECT_EQ(t, stats_quantile(v, 1, 990), 0);
}
