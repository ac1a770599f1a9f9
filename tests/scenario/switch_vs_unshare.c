/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A shared PMD table is left by one mm, and reused by the last, while another CPU switches
 * away from the first. mask=eager (Linux up to 6.13): the CPU leaves the mask first, and
 * writes CR3 later. In between the flush passes it over, and its page walker is still in
 * the old mm. It keeps interrupts off, so that an interrupt would wait for it.
 *
 *	CPU0 A unmaps, P reuses			CPU1 switches from A to B
 *						(walker reads A's PUD, and caches it)
 *						leave A's mask
 *	A: clear PUD
 *	A: flush: the mask is empty
 *	broadcast: wait for CPU1; receipt
 *	   and implied: do not
 *	P: change a PMD (its own now)
 *						(walker reads P's PMDs as A's)
 *						write CR3
 */
#include <tests/scenario_share.h>

static struct mm_struct *other;

static void setup(void)
{
	share_setup();
	other = scenario_mm("other");
}

static void leave(void)
{
	scenario_switch_to(other);
}

#define EAGER .flush = "ipi", .fills = 1, .eager_mask = true
static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "receipt", .fills = 1, .wake_lazy = true},
	{.flush = "ipi", .policy = "implied", .fills = 1, .wake_lazy = true},
	{EAGER, .policy = "broadcast", .wake_lazy = true},
	{EAGER, .policy = "receipt", RED_BY("hardware"), .wake_lazy = true},
	{EAGER, .policy = "implied", RED_BY("hardware"), .wake_lazy = true},
	{EAGER, .policy = "mmcpus", RED_BY("hardware"), .wake_lazy = true},
	{EAGER, .policy = "targeted", RED_BY("hardware"), .wake_lazy = true},
	/* No software walks A meanwhile, only the page walker. */
	{.flush = "ipi", .policy = "receipt", .eager_mask = true},
	{},
};

static const struct scenario switch_vs_unshare = {
	.name = "switch_vs_unshare",
	.help = "a shared PMD table is unshared and reused while another CPU switches mms",
	.setup = setup,
	.actor = {share_unshare, leave},
	.fill_va = SHARE_ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(switch_vs_unshare);
