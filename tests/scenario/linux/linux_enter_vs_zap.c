/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A CPU that has never run in the mm switches to it while another one, alone in the mm until then,
 * unmaps and frees a page.
 *
 *	CPU0 zap_pte_range()		CPU1 switch_mm_irqs_off()
 *	clear PTE
 *	raise tlb_gen
 *	read mm_cpumask: no other CPU
 *	flush here, with interrupts off
 *					set the bit in mm_cpumask
 *					read tlb_gen; CR3
 *					[its page walker reads the PTE]
 *					load: a fault, or the page before it is free
 *	free the page
 */
#include "linux.h"

static void zap(void)
{
	linux_load();
	linux_call(unmap(LINUX_ADDR, false));
	linux_load();
}

static void enter(void)
{
	linux_call(back());
	linux_load();
	linux_load();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "ipi", .policy = "broadcast", .fills = 1},
	{},
};

static const struct scenario linux_enter_vs_zap = {
	.name = "linux_enter_vs_zap",
	.help = "Linux: a page is unmapped and freed while another CPU comes into the mm",
	.setup = linux_setup_alone,
	.actor = {zap, enter},
	.fill_va = LINUX_ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(linux_enter_vs_zap);
