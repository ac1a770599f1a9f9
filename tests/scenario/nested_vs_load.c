/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two zaps of one page, and loads through a stale entry.
 *
 *	CPU0 madvise(DONTNEED)		CPU1 the same, in a thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *					PTE is none already: nothing of its own
 *					to flush; but a gather is in flight: flush all
 *					load: must not find the page
 *	flush
 */
#include <asm/uaccess.h>
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup_vma();
	scenario_run_in(1, zap_mm);
}

static void zap(void)
{
	scenario_zap_page(zap_vma, ZAP_ADDR);
}

static void load_zap_load(void)
{
	u64 v;

	get_user_u64(&v, ZAP_ADDR);
	zap();
	scenario_check(get_user_u64(&v, ZAP_ADDR));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "gather_no_nested", RED_BY("scenario")},
	{},
};

static const struct scenario nested_vs_load = {
	.name = "nested_vs_load",
	.help = "the second of two zaps finds nothing to flush, and loads through its own TLB",
	.setup = setup,
	.actor = {zap, load_zap_load},
	.cases = cases,
};
SCENARIO(nested_vs_load);
