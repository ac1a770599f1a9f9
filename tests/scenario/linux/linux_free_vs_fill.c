/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux unmaps the last page of a PTE table and frees both, while another CPU loads from the page
 * and its hardware walks there by itself.
 *
 *	CPU0 free_pgtables()		CPU1
 *					[read PMD: the table]
 *	clear PTE, clear PMD
 *	tlb_finish_mmu(): flush
 *	free the page; the table after a grace period
 *					[read PTE]
 */
#include "linux.h"

static void unmap(void)
{
	linux_call(unmap(LINUX_ADDR, true));
	linux_call(grace_period());
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .slow = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .fills = 1},
	{},
};

static const struct scenario linux_free_vs_fill = {
	.name = "linux_free_vs_fill",
	.help = "Linux: a page and its table are freed while another CPU loads from it",
	.setup = linux_setup,
	.actor = {unmap, linux_load},
	.fill_va = LINUX_ADDR,
	.fill_cpus = 2,
	.cases = cases,
};
SCENARIO(linux_free_vs_fill);

/* The same against GUP-fast: the table is freed by RCU, so no sync is owed. */
static const struct scenario_case gup[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true, .slow = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_free_vs_gup = {
	.name = "linux_free_vs_gup",
	.help = "Linux: a page and its table are freed while GUP-fast walks there",
	.setup = linux_setup,
	.actor = {unmap, linux_walk},
	.cases = gup,
};
SCENARIO(linux_free_vs_gup);
