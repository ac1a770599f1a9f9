/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An mm is given its global ASID, and flushed by broadcast, while another CPU has it loaded
 * under a dynamic one, or is about to load it.
 *
 *	CPU0				CPU1 thread of the mm
 *					load (the TLB keeps it, dynamic ASID)
 *	use_global_asid()
 *	clear PTE
 *	INVLPGB of the global ASID
 *	interrupt CPUs that have the mm
 *	   loaded under another one
 *	TLBSYNC; free the page
 *					load: a fault, under the global ASID
 */
#include <asm/asid.h>
#include <tests/scenario_zap.h>

static void setup(void)
{
	asid_mode = ASID_NEVER; /* until use_global_asid() */
	zap_setup_threads();
}

static void give_and_zap(void)
{
	use_global_asid(zap_mm);
	zap_unmap();
}

#define HW .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{HW},
	{HW, .tce = true},
	{HW, .tso = true},
	{HW, .busted = "asid_no_transition", RED_BY("hardware")},
	{HW, .busted = "invlpgb_no_tlbsync"}, /* the interrupt does it */
	{},
};

static const struct scenario asid_transition_vs_flush = {
	.name = "asid_transition_vs_flush",
	.help = "an mm gets a global ASID while another CPU loads through a dynamic one",
	.setup = setup,
	.actor = {give_and_zap, zap_load_twice},
	.cases = cases,
};
SCENARIO(asid_transition_vs_flush);

/*
 * A CPU that is idle, with the mm loaded lazily under a dynamic ASID: no broadcast drops what
 * its page walker has cached, and a table is freed. An INVLPGB ends the walk that is under way, so it
 * takes a second one.
 */
static void setup_lazy(void)
{
	asid_mode = ASID_NEVER;
	zap_setup_table();
	scenario_idle_in(1, zap_mm);
}

#define FILL .flush = "invlpgb", .policy = "early-free", .invlpgb = true, .fills = 2
static const struct scenario_case lazy_cases[] = {
	{FILL},
	{FILL, .tce = true},
	{FILL, .busted = "asid_no_transition", RED_BY("hardware")},
	{},
};

static const struct scenario lazy_vs_transition = {
	.name = "lazy_vs_transition",
	.help = "an mm gets a global ASID and frees a table; an idle CPU's page walker has cached the PMD",
	.setup = setup_lazy,
	.actor = {give_and_zap},
	.cpus = 2,
	.fill_va = ZAP_ADDR,
	.cases = lazy_cases,
};
SCENARIO(lazy_vs_transition);
