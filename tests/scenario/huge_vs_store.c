/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A huge page of memory, or two of a hugetlb file, become read-only, or small pages a huge one,
 * while another CPU stores to the last page.
 *
 *	CPU0 mprotect()			CPU1 thread of the mm
 *					store: the TLB keeps the translation
 *	make the entry read-only
 *	flush
 *	read the page
 *					store: faults
 *
 *	CPU0 collapse_huge_page()	CPU1 thread of the mm
 *					store: the TLB keeps the translation
 *	clear the PMD
 *	flush
 *	copy the small page
 *					store: faults, until the huge page is there
 *
 * After mprotect() no store lands: the page stays what it was read as. Of a collapse no store
 * that did not fault is lost.
 */
#include <asm/uaccess.h>
#include <mm/hugetlb.h>
#include <mm/mm.h>
#include <mm/vma.h>
#include <tests/scenario_actors.h>

#define ADDR PUD_SIZE

static struct mm_struct *mm;
static struct vm_area_struct *vma;
static unsigned long len, last;
static u64 when_protected, stored;

static void setup_len(unsigned long size)
{
	mm = scenario_mm("mm");
	len = size;
	last = ADDR + len - PAGE_SIZE;
	scenario_run_in(1, mm);
}

static void setup_small(void)
{
	setup_len(PMD_SIZE);
	scenario_map(mm, ADDR, len);
}

static void setup_huge(void)
{
	setup_len(PMD_SIZE);
	scenario_map_huge(mm, ADDR);
}

/* Two of them. */
static void setup_hugetlb(void)
{
	setup_len(PUD_SIZE);
	scenario_map_hugetlb(mm, ADDR, len);
	scenario_check(!fault_in(mm, last, true));
	mmap_write_lock(mm);
	vma = vma_lookup(mm, ADDR);
}

static void protect(void)
{
	scenario_check(!mm_mprotect(mm, ADDR, len, false));
	when_protected = READ_ONCE(*scenario_word(mm, last));
}

/*
 * mprotect() but for mmap_lock, and for its own gather: while that is in flight hugetlb's takes
 * itself for nested, and flushes everything.
 */
static void protect_hugetlb(void)
{
	hugetlb_mprotect(vma, vma->vm_flags & ~VM_WRITE);
	when_protected = READ_ONCE(*scenario_word(mm, last));
}

static void collapse(void)
{
	scenario_collapse(mm, ADDR);
}

static void store_twice(void)
{
	for (u64 n = 1; n <= 2; n++)
		if (!put_user_u64(n, last))
			stored = n;
}

static void end_protected(void)
{
	scenario_check(*scenario_word(mm, last) == when_protected);
}

static void end_collapsed(void)
{
	scenario_check(*scenario_word(mm, last) == stored);
}

#define IPI .flush = "ipi", .policy = "broadcast"
#define HW  .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{IPI},
	{IPI, .tso = true},
	{HW},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{IPI, .busted = "tlb_no_remote", RED_BY("scenario")},
	{},
};

static const struct scenario huge_vs_store = {
	.name = "huge_vs_store",
	.help = "a huge page becomes read-only while another CPU stores to it",
	.setup = setup_huge,
	.actor = {protect, store_twice},
	.end = end_protected,
	.cases = cases,
};
SCENARIO(huge_vs_store);

static const struct scenario hugetlb_vs_store = {
	.name = "hugetlb_vs_store",
	.help = "hugetlb pages become read-only while another CPU stores to the last of them",
	.setup = setup_hugetlb,
	.actor = {protect_hugetlb, store_twice},
	.end = end_protected,
	.cases = cases,
};
SCENARIO(hugetlb_vs_store);

static const struct scenario_case collapse_cases[] = {
	{IPI},
	{IPI, .tso = true},
	{HW},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	/* The page that the store goes to is free by then: that comes first. */
	{IPI, .busted = "tlb_no_remote", RED_BY("hardware")},
	{},
};

static const struct scenario collapse_vs_store = {
	.name = "collapse_vs_store",
	.help = "small pages are copied to a huge one while another CPU stores to the last of them",
	.setup = setup_small,
	.actor = {collapse, store_twice},
	.end = end_collapsed,
	.cases = collapse_cases,
};
SCENARIO(collapse_vs_store);
