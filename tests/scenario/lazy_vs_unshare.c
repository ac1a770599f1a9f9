/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A shared PMD table is left by one mm, and reused by the last, while the page walker of a
 * CPU that is idle, with the first mm loaded lazily, has cached the PUD.
 *
 *	CPU0 A unmaps, P reuses			CPU1 idle, A loaded
 *						(walker reads A's PUD, and caches it)
 *	A: clear PUD
 *	A: flush; with unshare=skip-lazy,
 *	   which is Linux 7.3, not CPU1
 *	sync: an interrupt, and no flush
 *	P: change a PMD (its own now)
 *						(walker reads P's PMDs as A's)
 *
 * It is the paging-structure cache that does it, so it takes fills.
 */
#include <tests/scenario_share.h>

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "broadcast", .wake_lazy = true, .useful = NOT_USEFUL},
	/* Linux 7.3. The second IPI does not help: it flushes nothing. */
	{.flush = "ipi", .policy = "broadcast", .fills = 1, RED_BY("hardware")},
	{.flush = "ipi", .policy = "receipt", .fills = 1, RED_BY("hardware")},
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .wake_lazy = true},
	{.flush = "ipi", .policy = "receipt", .fills = 1, .wake_lazy = true},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "unshare_skip_lazy",
	 .fills = 1,
	 .wake_lazy = true,
	 RED_BY("hardware")},
	{.flush = "ipi", .policy = "broadcast", .busted = "unshare_skip_lazy", .wake_lazy = true},
	/* PCIDs change nothing: CR3 is not written. */
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .invlpgb = true, RED_BY("hardware")},
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .invlpgb = true, .wake_lazy = true},
	/* A broadcast reaches a lazy CPU like any other. */
	{.flush = "invlpgb", .policy = "broadcast", .fills = 1, .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .fills = 1, .invlpgb = true, .tce = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .fills = 1},
	{},
};

static const struct scenario lazy_vs_unshare = {
	.name = "lazy_vs_unshare",
	.help = "a shared PMD table is unshared and reused; an idle CPU's page walker has cached the PUD",
	.setup = share_setup_idle,
	.actor = {share_unshare},
	.cpus = 2,
	.fill_va = SHARE_ADDR,
	.cases = cases,
};
SCENARIO(lazy_vs_unshare);
