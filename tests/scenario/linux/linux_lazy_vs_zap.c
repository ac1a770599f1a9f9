/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A CPU goes to a kernel thread and comes back to the mm while another one unmaps and frees a page.
 *
 *	CPU0 zap_pte_range()		CPU1
 *					load (the TLB keeps it)
 *					enter_lazy_tlb()
 *	clear PTE
 *	raise tlb_gen
 *	CPU1 is lazy: leave it out
 *					is_lazy = false
 *					smp_mb()
 *					tlb_gen has been raised: flush
 *	free the page
 *					load: a fault, or the page before it is free
 */
#include "linux.h"

static void zap(void)
{
	linux_call(unmap(LINUX_ADDR, false));
}

static void lazy_and_back(void)
{
	linux_load();
	linux_call(lazy());
	linux_call(lazy_back());
	linux_load();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_lazy_vs_zap = {
	.name = "linux_lazy_vs_zap",
	.help = "Linux: a page is unmapped and freed while another CPU is lazy and comes back",
	.setup = linux_setup,
	.actor = {zap, lazy_and_back},
	.cases = cases,
};
SCENARIO(linux_lazy_vs_zap);
