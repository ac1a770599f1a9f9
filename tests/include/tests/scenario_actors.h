/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_ACTORS_H
#define TESTS_SCENARIO_ACTORS_H

#include <tests/scenario.h>

/*
 * What several scenarios set up and do. Each of them ends in scenario_check(): what fails
 * makes the schedule red, or setup() not come to its end.
 */

/* setup(): a new mm, with nothing in it. */
struct mm_struct *scenario_mm(const char *name);

/* mm_free() of one of those: at the end of the schedule it is not looked at. */
void scenario_mm_free(struct mm_struct *mm);

/* setup(): anonymous pages, writable; with scenario_map(), all of them there. */
void scenario_reserve(struct mm_struct *mm, unsigned long addr, unsigned long len);
void scenario_map(struct mm_struct *mm, unsigned long addr, unsigned long len);

/* setup(): a huge page of anonymous memory. */
void scenario_map_huge(struct mm_struct *mm, unsigned long addr);

/* setup(): one page, there, that can go without the tables above it: the next one keeps them. */
void scenario_map_page(struct mm_struct *mm, unsigned long addr);

/* setup(): the page tables for @addr, with no page there yet. */
void scenario_make_tables(struct mm_struct *mm, unsigned long addr);

/* setup(): a file of @nr small pages; mapped, writable, from page @pgoff. Nothing is there yet. */
struct address_space *scenario_file(unsigned long nr);
void scenario_map_file(struct mm_struct *mm, unsigned long addr, unsigned long len,
		       struct address_space *file, unsigned long pgoff);

/*
 * setup(): a hugetlb file of PUD_SIZE, mapped and there at @addr, a multiple of PUD_SIZE, in
 * each of these mms: they share the PMD table of the first.
 */
#define scenario_share(addr, ...) \
	__scenario_share((addr), (struct mm_struct *const[]){__VA_ARGS__, NULL})
void __scenario_share(unsigned long addr, struct mm_struct *const *mms);

/* setup(): such a file; and mapped, but nothing is there yet. @flags: VM_WRITE, or 0. */
struct address_space *scenario_hugetlb_file(void);
void scenario_map_shared(struct mm_struct *mm, unsigned long addr, struct address_space *file,
			 unsigned long flags);

/* Does an entry of @mm lead to a page at @addr? What a page walk would find now. */
bool scenario_maps(struct mm_struct *mm, unsigned long addr);

/*
 * setup(): a hugetlb file of @len, a multiple of PMD_SIZE, mapped in one mm. The PMD table is
 * not shared; the page at @addr is there.
 */
struct address_space *scenario_map_hugetlb(struct mm_struct *mm, unsigned long addr,
					   unsigned long len);

/* The file drops its first page, which is free then if no mapping and no walker has it. */
void scenario_drop_first_page(struct address_space *file);

/* GUP-fast of one page, which is put back at once. */
void scenario_walk(unsigned long addr);

/* Collapse, which may find a page pinned by a walker. */
void scenario_collapse(struct mm_struct *mm, unsigned long addr);

/* setup(): the VMA at @addr, of which actors zap pages: mmap_lock is held for read from here on. */
struct vm_area_struct *scenario_vma(struct mm_struct *mm, unsigned long addr);

/* madvise(MADV_DONTNEED) of one page, but for mmap_lock: scenario_vma() holds it. */
void scenario_zap_page(struct vm_area_struct *vma, unsigned long addr);

/* A load that may fill the TLB and, if it was no fault, another one if the TLB still has it. */
void scenario_load_twice(unsigned long addr);

/*
 * One CPU sets a flag once the page is unmapped. Another one loads: a load that succeeds after it
 * saw the flag is red. scenario_load_until_gone() loads once before, to have it cached.
 */
void scenario_say_gone(void);
void scenario_load_unless_gone(unsigned long addr);
void scenario_load_until_gone(unsigned long addr);

/* end(), setup(): the word at @addr by the tables, as the kernel sees it; NULL: not mapped. */
u64 *scenario_word(struct mm_struct *mm, unsigned long addr);

/* As from a thread of one mm to a thread of another. */
void scenario_switch_to(struct mm_struct *next);

/*
 * A timer interrupt, at this place and no other. This CPU reports its quiescent state here,
 * another one at the end of its thread; the last one ends the grace period.
 */
void scenario_tick(void);

#endif
