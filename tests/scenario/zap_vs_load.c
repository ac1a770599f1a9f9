/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped, flushed and freed while another CPU loads from it.
 *
 *	CPU0 munmap()			CPU1 thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *	flush
 *	free the page
 *					load: a fault, or the page before it is free
 */
#include <tests/scenario_zap.h>

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .tce = true},
	{.flush = "pv", .policy = "broadcast", .preemptions = 1},
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_no_remote", RED_BY("hardware")},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "gather_free_before_flush",
	 RED_BY("hardware")},
	{.flush = "pv",
	 .policy = "broadcast",
	 .busted = "pv_no_flush_on_resume",
	 .preemptions = 1,
	 RED_BY("hardware")},
	{},
};

static const struct scenario zap_vs_load = {
	.name = "zap_vs_load",
	.help = "a page is unmapped and freed while another CPU loads from it",
	.setup = zap_setup_threads,
	.actor = {zap_unmap, zap_load_twice},
	.preempt_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(zap_vs_load);
