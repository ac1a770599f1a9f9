/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An mm is given its global ASID, and flushed by broadcast twice, while another CPU begins to
 * use it: from another mm, or from lazy mode.
 *
 *	CPU0 use_global_asid(), two zaps	CPU1
 *						loaded_mm = SWITCHING
 *						enter the mask
 *						read global_asid: none
 *	asid_transition; global_asid
 *	clear PTE of page 0; INVLPGB
 *	CPU1: in the mask and SWITCHING:
 *	   wait for what it loads
 *						loaded_mm, under a dynamic ASID
 *	interrupt CPU1: to the global ASID
 *	free page 0
 *						load page 1 (the TLB keeps it)
 *	clear PTE of page 1; INVLPGB
 *	free page 1
 *						load page 1: a fault
 *
 * A flusher that takes a CPU that switches for one that is elsewhere ends the transition too early. No
 * broadcast reaches that CPU's translations then.
 */
#include <asm/asid.h>
#include <asm/uaccess.h>
#include <tests/scenario_zap.h>

static struct mm_struct *other;

static void setup(void)
{
	asid_mode = ASID_NEVER; /* until use_global_asid() */
	zap_setup_vma_next();
	other = scenario_mm("other");
}

static void setup_other(void)
{
	setup();
	scenario_run_in(1, other);
}

static void setup_lazy(void)
{
	setup();
	scenario_run_in(1, zap_mm);
}

static void give_and_zap(void)
{
	use_global_asid(zap_mm);
	scenario_zap_page(zap_vma, ZAP_ADDR);
	scenario_zap_page(zap_vma, ZAP_NEXT);
	scenario_say_gone();
}

static void enter(void)
{
	scenario_switch_to(zap_mm);
	scenario_load_until_gone(ZAP_NEXT);
}

static void be_lazy_and_return(void)
{
	u64 val;

	get_user_u64(&val, ZAP_NEXT);
	kthread_unuse_mm(zap_mm);
	kthread_use_mm(zap_mm);
	scenario_load_until_gone(ZAP_NEXT);
}

#define HW .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{HW},
	{HW, .tso = true, .slow = true},
	{HW, .busted = "asid_no_switching_wait", RED_BY("hardware")},
	{HW, .busted = "asid_no_transition", RED_BY("hardware")},
	{},
};

static const struct scenario enter_vs_transition = {
	.name = "enter_vs_transition",
	.help = "an mm gets a global ASID while another CPU switches to it",
	.setup = setup_other,
	.actor = {give_and_zap, enter},
	.cases = cases,
};
SCENARIO(enter_vs_transition);

static const struct scenario_case lazy_cases[] = {
	{HW},
	{HW, .tso = true, .slow = true},
	{HW, .busted = "asid_no_transition", RED_BY("hardware")},
	{},
};

static const struct scenario lazy_return_vs_transition = {
	.name = "lazy_return_vs_transition",
	.help = "an mm gets a global ASID while a CPU that has it lazily takes it up again",
	.setup = setup_lazy,
	.actor = {give_and_zap, be_lazy_and_return},
	.cases = lazy_cases,
};
SCENARIO(lazy_return_vs_transition);
