/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A writable anonymous page, or more than one, becomes read-only while another CPU stores to the
 * last of them.
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
static unsigned long len, last;
static u64 *word;
static u64 when_protected;

static void setup_pages(unsigned long nr)
{
	mm = scenario_mm("mm");
	len = nr * PAGE_SIZE;
	last = ADDR + len - PAGE_SIZE;
	scenario_map(mm, ADDR, len);
	word = scenario_word(mm, last);
	scenario_run_in(1, mm);
}

static void setup(void)
{
	setup_pages(1);
}

static void setup_range(void)
{
	setup_pages(2);
}

static void protect(void)
{
	scenario_check(!mm_mprotect(mm, ADDR, len, false));
	when_protected = READ_ONCE(*word);
}

static void store_twice(void)
{
	put_user_u64(1, last);
	put_user_u64(2, last);
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

static const struct scenario protect_range_vs_store = {
	.name = "protect_range_vs_store",
	.help = "writable pages become read-only while another CPU stores to the last of them",
	.setup = setup_range,
	.actor = {protect, store_twice},
	.end = end,
	.cases = cases,
};
SCENARIO(protect_range_vs_store);
