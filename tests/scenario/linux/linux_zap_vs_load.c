/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux unmaps a page by mmu_gather and frees it while another CPU loads from it.
 *
 *	CPU0 zap_pte_range()		CPU1 thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *	tlb_finish_mmu(): flush
 *	free the page
 *					load: a fault, or the page before it is free
 */
#include "linux.h"

static void zap(void)
{
	linux_call(zap(LINUX_ADDR, false, true));
}

static void zap_unflushed(void)
{
	linux_call(zap(LINUX_ADDR, false, false));
}

static void load_twice(void)
{
	linux_load();
	linux_load();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .tso = true},
	{},
};

static const struct scenario linux_zap_vs_load = {
	.name = "linux_zap_vs_load",
	.help = "Linux: a page is unmapped and freed while another CPU loads from it",
	.setup = linux_setup,
	.actor = {zap, load_twice},
	.cases = cases,
};
SCENARIO(linux_zap_vs_load);

/* The oracle hears it if the gather is not told of the entry. */
static const struct scenario_case red[] = {
	{.flush = "ipi", .policy = "broadcast", RED_BY("hardware")},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, RED_BY("hardware")},
	{},
};

static const struct scenario linux_unflushed_vs_load = {
	.name = "linux_unflushed_vs_load",
	.help = "Linux: the same, but the gather is not told of the entry: red",
	.setup = linux_setup,
	.actor = {zap_unflushed, load_twice},
	.cases = red,
};
SCENARIO(linux_unflushed_vs_load);
