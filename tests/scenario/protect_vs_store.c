/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A writable anonymous page becomes read-only while another CPU stores to it.
 *
 *	CPU0 mprotect()			CPU1 thread of the mm
 *					store: the TLB keeps the translation
 *	lock the ptl
 *	make the entry read-only
 *	flush
 *	unlock; return
 *	read the page
 *					store: faults
 *
 * Once mprotect() has returned no store may land: the page stays what it was read as.
 */
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;
static u64 *word;
static u64 when_protected;

static void setup(void)
{
	pmd_t pmd;

	mm = scenario_mm("mm");
	scenario_map(mm, ADDR, PAGE_SIZE);
	pmd = pmdp_get_lockless(mm_find_pmd(mm, ADDR));
	word = page_address(
		pfn_to_page(pte_pfn(ptep_get_lockless(pte_offset_lockless(pmd, ADDR)))));
	scenario_run_in(1, mm);
}

static void protect(void)
{
	scenario_check(!mm_mprotect(mm, ADDR, PAGE_SIZE, false));
	when_protected = READ_ONCE(*word);
}

static void store_twice(void)
{
	put_user_u64(1, ADDR);
	put_user_u64(2, ADDR);
}

static void end(void)
{
	scenario_check(*word == when_protected);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_no_remote", RED_BY("scenario")},
	{},
};

static const struct scenario protect_vs_store = {
	.name = "protect_vs_store",
	.help = "a writable page becomes read-only while another CPU stores to it",
	.setup = setup,
	.actor = {protect, store_twice},
	.end = end,
	.cases = cases,
};
SCENARIO(protect_vs_store);
