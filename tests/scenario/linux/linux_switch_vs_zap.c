/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A CPU switches to another mm and back while another one unmaps and frees a page.
 *
 *	CPU0 zap_pte_range()		CPU1 switch_mm_irqs_off()
 *					load (the TLB keeps it)
 *					to init_mm: CR3
 *	clear PTE
 *	raise tlb_gen
 *					set the bit in mm_cpumask; read tlb_gen
 *					back to the mm: CR3, which flushes if that was raised
 *	read mm_cpumask; flush
 *	free the page
 *					load: a fault, or the page before it is free
 */
#include "linux.h"

static void zap(void)
{
	linux_call(unmap(LINUX_ADDR, false));
}

static void away_and_back(void)
{
	linux_load();
	linux_call(away());
	linux_call(back());
	linux_load();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true, .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_switch_vs_zap = {
	.name = "linux_switch_vs_zap",
	.help = "Linux: a page is unmapped and freed while another CPU switches away and back",
	.setup = linux_setup,
	.actor = {zap, away_and_back},
	.cases = cases,
};
SCENARIO(linux_switch_vs_zap);
