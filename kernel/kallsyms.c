/* SPDX-License-Identifier: GPL-2.0 */
/* Address to function name, for %pS and backtraces. */
#include <kernel/kallsyms.h>

extern const char __text_end[] __weak;

const char *kallsyms_lookup(unsigned long addr, unsigned long *offset)
{
	const u64 *countp = &kallsyms_count;
	u64 lo = 0, hi = countp ? *countp : 0;

	/* Past the last function a nearest symbol would only mislead. */
	if (__text_end && addr >= (unsigned long)__text_end)
		return NULL;
	if (!hi || addr < kallsyms[0].addr)
		return NULL;
	while (hi - lo > 1) {
		u64 mid = lo + (hi - lo) / 2;

		if (kallsyms[mid].addr <= addr)
			lo = mid;
		else
			hi = mid;
	}
	*offset = addr - kallsyms[lo].addr;
	return kallsyms[lo].name;
}

const char *place_lookup(unsigned long ip)
{
	const u64 *countp = &places_count;
	u64 lo = 0, hi = countp ? *countp : 0;

	while (lo < hi) {
		u64 mid = lo + (hi - lo) / 2;

		if (places[mid].ip == ip)
			return places[mid].text;
		if (places[mid].ip < ip)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}
