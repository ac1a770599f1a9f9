/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page of a file is written out while another CPU stores to it. Is the last store in what
 * was written, or noted for the next time?
 *
 *	CPU0 clear_page_dirty_for_io()	CPU1 thread of the mm
 *					store: Dirty is set, the TLB keeps it
 *	lock the ptl
 *	take the entry out: dirty
 *	flush
 *	put it back clean, read-only
 *	unlock; clear the page's flag
 *	write it out
 *					store: faults, or is written
 *
 * Without the flush the store goes by the TLB's copy, dirty already, and nobody hears of it.
 */
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <mm/writeback.h>
#include <tests/scenario.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;
static struct page *page;
static u64 written;

static void map(bool write)
{
	struct address_space *file = mapping_alloc(1, PAGE_SHIFT);

	mm = mm_alloc("mm");
	scenario_check(mm && file && !mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE, file, 0));
	scenario_check(!fault_in(mm, ADDR, write));
	page = mapping_get_page(file, 0);
	scenario_check(page);
	scenario_run_in(1, mm);
}

static void setup_dirty(void)
{
	map(true);
}

static void setup_clean(void)
{
	map(false);
}

static void write_out(void)
{
	if (clear_page_dirty_for_io(page))
		written = READ_ONCE(*(u64 *)page_address(page));
}

static void store_twice(void)
{
	put_user_u64(1, ADDR);
	put_user_u64(2, ADDR);
}

/* Clean means: what the page holds is what was written. */
static bool last_store_is_known(void)
{
	pmd_t pmd = pmdp_get(mm_find_pmd(mm, ADDR));

	return page_dirty(page) || pte_dirty(ptep_get(pte_offset_lockless(pmd, ADDR))) ||
	       *(u64 *)page_address(page) == written;
}

static void end(void)
{
	scenario_check(last_store_is_known());
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "mkclean_no_flush",
	 .expect = SOMETIMES,
	 .oracle = "scenario"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "tlb_no_remote",
	 .expect = SOMETIMES,
	 .oracle = "scenario"},
	{},
};

static const struct scenario clean_vs_store = {
	.name = "clean_vs_store",
	.help = "a dirty page of a file is written out while another CPU stores to it",
	.setup = setup_dirty,
	.actor = {write_out, store_twice},
	.end = end,
	.cases = cases,
};
SCENARIO(clean_vs_store);

static const struct scenario clean_vs_first_store = {
	.name = "clean_vs_first_store",
	.help = "a page of a file is written out while another CPU stores to it first",
	.setup = setup_clean,
	.actor = {write_out, store_twice},
	.end = end,
	.cases = cases,
};
SCENARIO(clean_vs_first_store);
