/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two CPUs give an mm a global ASID at once; one of them runs it, the other flushes it.
 *
 *	CPU0 thread of the mm			CPU1
 *	load (the TLB keeps it, dynamic ASID)
 *	use_global_asid()			use_global_asid(): one of them does
 *						clear PTE; INVLPGB of the global ASID
 *						in transition? interrupt CPU0
 *						free the page
 *	load: a fault
 *	lazy, and back: under the global ASID
 *	load: a fault
 *
 * A CPU that sees the ASID also sees that the mm is in transition; and there is one ASID.
 */
#include <asm/asid.h>
#include <asm/uaccess.h>
#include <tests/scenario_zap.h>

static void setup(void)
{
	asid_mode = ASID_NEVER; /* until use_global_asid() */
	zap_setup_vma();
	scenario_run_in(0, zap_mm);
}

static void give_and_load(void)
{
	u64 val;

	get_user_u64(&val, ZAP_ADDR);
	use_global_asid(zap_mm);
	scenario_load_unless_gone(ZAP_ADDR);
}

static void give_return_and_load(void)
{
	use_global_asid(zap_mm);
	kthread_unuse_mm(zap_mm);
	kthread_use_mm(zap_mm);
	scenario_load_until_gone(ZAP_ADDR);
}

static void give_and_zap(void)
{
	use_global_asid(zap_mm);
	zap_page();
}

#define HW .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{HW},
	{HW, .tso = true},
	{HW, .busted = "asid_no_transition", RED_BY("hardware")},
	{},
};

static const struct scenario give_vs_flush = {
	.name = "give_vs_flush",
	.help = "a CPU gives its mm a global ASID while another CPU flushes the mm",
	.setup = setup,
	.actor = {give_and_load, zap_page},
	.cases = cases,
};
SCENARIO(give_vs_flush);

static const struct scenario_case twice_cases[] = {
	{HW},
	{HW, .tso = true},
	{},
};

static const struct scenario give_vs_give = {
	.name = "give_vs_give",
	.help = "two CPUs give an mm a global ASID at once, and one of them flushes it",
	.setup = setup,
	.actor = {give_return_and_load, give_and_zap},
	.cases = twice_cases,
};
SCENARIO(give_vs_give);
