/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PTE table is withdrawn and deposited while the page walker of a CPU that is idle, with
 * the mm loaded lazily, has cached the PMD.
 *
 *	CPU0 collapse_huge_page()		CPU1 idle, the mm loaded
 *						(walker reads the PMD, and caches it)
 *	clear PMD
 *	flush; before 3ef938c35035 not CPU1
 *	sync: an interrupt, and no flush
 *	deposit the table; free it later
 *						(walker reads PTEs in it)
 */
#include <mm/khugepaged.h>
#include <tests/scenario_range.h>

static void setup(void)
{
	range_setup();
	scenario_idle_in(1, range_mm);
}

static void collapse(void)
{
	scenario_check(!collapse_huge_page(range_mm, RANGE));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "receipt", .fills = 1, .useful = NOT_USEFUL},
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .fills = 1, .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .fills = 1, .invlpgb = true, .tce = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .fills = 1},
	/* 3ef938c35035 */
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "tlb_skip_lazy",
	 .fills = 1,
	 RED_BY("hardware")},
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_skip_lazy"},
	{},
};

static const struct scenario lazy_vs_collapse = {
	.name = "lazy_vs_collapse",
	.help = "a PTE table is deposited; an idle CPU's page walker has cached the PMD",
	.setup = setup,
	.actor = {collapse},
	.cpus = 2,
	.fill_va = RANGE,
	.cases = cases,
};
SCENARIO(lazy_vs_collapse);
