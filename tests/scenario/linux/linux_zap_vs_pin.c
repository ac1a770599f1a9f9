/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux unmaps a page and drops its reference while GUP-fast takes one. If the page was freed
 * first, it is somebody else's, who has a reference to it, too.
 *
 *	CPU0 zap_pte_range()		CPU1 get_user_pages_fast_only()
 *					pte = read PTE
 *	clear PTE; flush
 *	free the page
 *	the next owner has it
 *					grab the page
 *					PTE still the same? else put it
 */
#include "linux.h"

static void zap(void)
{
	linux_call(unmap(LINUX_ADDR, false));
}

static void hold(void)
{
	if (lx_linux_hold(LINUX_ADDR))
		scenario_check(!lx_linux_page_freed());
	plain_settle();
}

/* Of the one who holds it, or of its next owner. */
static void one_reference(void)
{
	scenario_check(lx_linux_page_refs() == 1);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_zap_vs_pin = {
	.name = "linux_zap_vs_pin",
	.help = "Linux: a page is unmapped and freed while GUP-fast takes and keeps it",
	.setup = linux_setup,
	.actor = {zap, hold},
	.end = one_reference,
	.cases = cases,
};
SCENARIO(linux_zap_vs_pin);

/* The same for a huge page, which a PMD entry maps. */
static void setup_huge(void)
{
	linux_setup_shared(1);
}

static void zap_huge(void)
{
	linux_call(unmap_huge(LINUX_ADDR));
}

static const struct scenario linux_zap_huge_vs_pin = {
	.name = "linux_zap_huge_vs_pin",
	.help = "Linux: a huge page is unmapped and freed while GUP-fast takes and keeps it",
	.setup = setup_huge,
	.actor = {zap_huge, hold},
	.end = one_reference,
	.cases = cases,
};
SCENARIO(linux_zap_huge_vs_pin);
