/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux unmaps a page and frees it while another CPU loads from it.
 *
 *	CPU0 zap_pte_range()		CPU1 thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *	tlb_finish_mmu(): flush
 *	free the page
 *					load: a fault, or the page before it is free
 */
#include "linux.h"
#include <kernel/busted.h>

DEFINE_BUSTED(linux_unflushed, "the page is freed without a flush");

static void zap(void)
{
	if (busted(linux_unflushed))
		linux_call(unmap_unflushed(LINUX_ADDR));
	else
		linux_call(unmap(LINUX_ADDR, false));
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
	{.flush = "pv", .policy = "broadcast", .preemptions = 1},
	{.flush = "ipi", .policy = "broadcast", .busted = "linux_unflushed", RED_BY("hardware")},
	{.flush = "invlpgb",
	 .policy = "broadcast",
	 .busted = "linux_unflushed",
	 .invlpgb = true,
	 RED_BY("hardware")},
	{},
};

static const struct scenario linux_zap_vs_load = {
	.name = "linux_zap_vs_load",
	.help = "Linux: a page is unmapped and freed while another CPU loads from it",
	.setup = linux_setup,
	.actor = {zap, load_twice},
	.preempt_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(linux_zap_vs_load);
