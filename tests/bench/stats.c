/* SPDX-License-Identifier: GPL-2.0 */
/* Order statistics of samples. */
#include <tests/bench.h>

void stats_sort(u64 *v, unsigned int n)
{
	/* Shell's, with gaps by thirds: no memory, and fast enough for thousands. */
	for (unsigned int gap = n / 3 + 1;; gap = gap / 3 + 1) {
		for (unsigned int i = gap; i < n; i++) {
			u64 x = v[i];
			unsigned int j = i;

			for (; j >= gap && v[j - gap] > x; j -= gap)
				v[j] = v[j - gap];
			v[j] = x;
		}
		if (gap == 1)
			return;
	}
}

u64 stats_quantile(const u64 *sorted, unsigned int n, unsigned int per_mille)
{
	return sorted[(u64)(n - 1) * per_mille / 1000];
}
