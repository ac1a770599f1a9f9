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
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <model/machine.h>
#include <tests/scenario.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;

static void setup(void)
{
	mm = mm_alloc("mm");
	scenario_check(mm && !mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE, NULL, 0));
	scenario_check(!mm_mmap(mm, ADDR + PAGE_SIZE, PAGE_SIZE, VM_WRITE, NULL, 0));
	scenario_check(!fault_in(mm, ADDR, true));
	scenario_run_in(0, mm);
	scenario_run_in(1, mm);
}

static void zap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, PAGE_SIZE));
}

static void load(void)
{
	u64 val;

	if (!get_user_u64(&val, ADDR))
		model_use_cached(ADDR);
}

#define HW .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{HW},
	{HW, .tlbsync_early = true},
	{HW, .busted = "invlpgb_no_tlbsync", .expect = SOMETIMES, .oracle = "hardware"},
	{HW, .busted = "invlpgb_tlbsync_elsewhere", .expect = SOMETIMES, .oracle = "hardware"},
	{HW, .busted = "invlpgb_one_tlbsync"},
	{HW, .busted = "invlpgb_one_tlbsync", .tlbsync_early = true, .expect = SOMETIMES,
	 .oracle = "hardware"},
	{},
};

static const struct scenario tlbsync_vs_load = {
	.name = "tlbsync_vs_load",
	.help = "a page is unmapped by INVLPGB and freed while another CPU loads from it",
	.setup = setup,
	.actor = {zap, load},
	.cases = cases,
};
SCENARIO(tlbsync_vs_load);
