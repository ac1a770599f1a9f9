/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two zaps of one page, and loads through a stale entry.
 *
 *	CPU0 madvise(DONTNEED)		CPU1 the same, in a thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *					PTE is none already: nothing of its own
 *					to flush; but a gather is in flight: flush all
 *					load: must not find the page
 *	flush
 */
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <tests/scenario.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;
static struct vm_area_struct *vma;

static void setup(void)
{
	mm = mm_alloc("mm");
	scenario_check(mm && !mm_mmap(mm, ADDR, PAGE_SIZE, VM_WRITE, NULL, 0));
	scenario_check(!fault_in(mm, ADDR, true));
	vma = find_vma(mm, ADDR);
	mmap_read_lock(mm);
	scenario_run_in(1, mm);
}

/* madvise(MADV_DONTNEED) but for mmap_lock, which is held for read all the time. */
static void zap(void)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, mm);
	unmap_page_range(&tlb, vma, ADDR, ADDR + PAGE_SIZE);
	tlb_finish_mmu(&tlb);
}

static void load_zap_load(void)
{
	u64 v;

	get_user_u64(&v, ADDR);
	zap();
	scenario_check(get_user_u64(&v, ADDR));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "gather_no_nested",
	 .expect = SOMETIMES,
	 .oracle = "scenario"},
	{},
};

static const struct scenario nested_vs_load = {
	.name = "nested_vs_load",
	.help = "the second of two zaps finds nothing to flush, and loads through its own TLB",
	.setup = setup,
	.actor = {zap, load_zap_load},
	.cases = cases,
};
SCENARIO(nested_vs_load);
