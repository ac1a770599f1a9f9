/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped by broadcast and freed while another CPU loads from it.
 *
 *	CPU0 munmap()			CPU1 thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *	INVLPGB
 *	TLBSYNC: not at all; on CPU2;
 *	   or once, and too early (#1718)
 *	free the page
 *					load: the page
 *					(carries out INVLPGB)
 */
#include <tests/scenario_zap.h>

#define HW .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{HW},
	{HW, .tlbsync_early = true},
	{HW, .busted = "invlpgb_no_tlbsync", RED_BY("hardware")},
	{HW, .busted = "invlpgb_tlbsync_elsewhere", RED_BY("hardware")},
	{HW, .busted = "invlpgb_one_tlbsync"},
	{HW, .busted = "invlpgb_one_tlbsync", .tlbsync_early = true, RED_BY("hardware")},
	{},
};

static const struct scenario tlbsync_vs_load = {
	.name = "tlbsync_vs_load",
	.help = "a page is unmapped by INVLPGB and freed while another CPU loads from it",
	.setup = zap_setup_threads,
	.actor = {zap_unmap, zap_load_twice},
	.cases = cases,
};
SCENARIO(tlbsync_vs_load);
