/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A huge page is split, or made by a collapse, while the TLB of another CPU fills itself. No
 * CPU may hold a 2 MiB and a 4 KiB translation of one address (Intel SDM vol. 3A 4.10.2.4;
 * AMD erratum 383: a machine check).
 *
 *	CPU0 mm_split_huge_pmd()			CPU1 ends a thread of the mm, is idle
 *						(walker reads the PMD: 2 MiB, cached)
 *	invalidate the PMD
 *	flush; without CPU1, for it is lazy?
 *	link the PTE table
 *						(walker reads a PTE: 4 KiB, cached too)
 *
 * A flush that frees no table leaves lazy CPUs alone, because they load nothing. Their page
 * walkers go on all the same.
 */
#include <tests/scenario_range.h>

static void setup_small(void)
{
	range_setup();
	scenario_run_in(1, range_mm);
}

static void setup_huge(void)
{
	range_setup_huge();
	scenario_run_in(1, range_mm);
}

/* Runs in the mm, then has it loaded lazily. */
static void run(void)
{
}

/* One walk for each size. */
#define IPI .flush = "ipi", .policy = "broadcast", .fills = 2
#define HW  .flush = "invlpgb", .policy = "broadcast", .invlpgb = true, .fills = 2
static const struct scenario_case cases[] = {
	{IPI},
	{IPI, .invlpgb = true},
	{HW},
	{HW, .tce = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .fills = 2},
	{IPI, .busted = "tlb_skip_lazy", RED_BY("hardware")},
	{IPI, .busted = "tlb_no_remote", RED_BY("hardware")},
	/* One walk fills in one size only. */
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .busted = "tlb_skip_lazy"},
	{},
};

static const struct scenario split_vs_fill = {
	.name = "split_vs_fill",
	.help = "a huge page is split; an idle CPU's TLB must not hold both sizes",
	.setup = setup_huge,
	.actor = {range_split, run},
	.fill_va = RANGE_LAST,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(split_vs_fill);

static const struct scenario_case collapse_cases[] = {
	{IPI},
	{HW},
	{HW, .tce = true},
	/* The deposited table is what the oracle objects to first. */
	{IPI, .busted = "tlb_skip_lazy", RED_BY("hardware")},
	{},
};

static const struct scenario collapse_vs_fill = {
	.name = "collapse_vs_fill",
	.help = "small pages become a huge one; an idle CPU's TLB must not hold both sizes",
	.setup = setup_small,
	.actor = {range_collapse, run},
	.fill_va = RANGE_LAST,
	.fill_cpus = BIT(1),
	.cases = collapse_cases,
};
SCENARIO(collapse_vs_fill);
