/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is freed and its frame allocated for other use, while GUP-fast has read its PTE. The
 * table stays, so only the re-check of the PTE can notice.
 *
 *	CPU0 madvise(DONTNEED), alloc	CPU1 gup_fast_only()
 *					pte = read PTE
 *	clear PTE
 *	flush
 *	drop the page: count 0
 *	allocate it again: count 1
 *					grab it: count 2
 *					PTE still the same?
 */
#include <mm/gup.h>
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup_only();
	scenario_run_in(0, zap_mm);
	scenario_run_in(1, zap_mm);
}

static void zap(void)
{
	scenario_check(!mm_madvise_dontneed(zap_mm, ZAP_ADDR, PAGE_SIZE));
	/* The allocator hands out first what came back last. */
	scenario_check(alloc_pages(GFP_KERNEL, 0, PAGE_ANON));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "invlpgb-nmi", .policy = "never"},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .tso = true},
	/* The flush by IPI waits until the walk is over: then the page is grabbed in time or not at all. */
	{.flush = "ipi", .policy = "broadcast", .busted = "gup_no_pte_recheck"},
	{.flush = "invlpgb-nmi",
	 .policy = "broadcast",
	 .busted = "gup_no_pte_recheck",
	 RED_BY("pins")},
	{.busted = "page_touch_after_free", RED_BY("sanitizer")},
	{.busted = "page_shift_too_far", RED_BY("sanitizer")},
	{},
};

static const struct scenario dontneed_vs_gup = {
	.name = "dontneed_vs_gup",
	.help = "a frame is freed and allocated anew between GUP-fast's read and its grab",
	.setup = setup,
	.actor = {zap, zap_walk},
	.cases = cases,
};
SCENARIO(dontneed_vs_gup);
