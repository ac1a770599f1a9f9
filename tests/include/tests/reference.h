/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_REFERENCE_H
#define TESTS_REFERENCE_H

#include <mm/mm.h>

/* What an address space should have, page by page, for tests that compare the two. */

#define REF_PMDS  4U
#define REF_NR	  (REF_PMDS * (unsigned int)HPAGE_PMD_NR)
#define REF_START (PUD_SIZE - REF_PMDS / 2 * PMD_SIZE)
#define REF_FILE  700U

enum ref_kind { REF_NOTHING, REF_ANON, REF_FILE_PAGE };

/* @first: a VMA begins here. @value: of anonymous memory; 0: as good as never touched. */
struct ref_page {
	enum ref_kind kind;
	bool write, first;
	unsigned int index;
	u64 value;
};
extern struct ref_page ref_want[REF_NR + 1];
extern u64 ref_file_value[REF_FILE];
extern struct mm_struct *ref_mm;
extern struct address_space *ref_file;

/* Nothing is mapped, the file is zeroes, and of both there is a new one. Return: no memory. */
bool ref_begin(void);
void ref_end(void);

unsigned long ref_addr(unsigned int p);
u64 ref_value(unsigned int p);

/* The page that an entry leads to at page @p of the window, or NULL; is the entry writable? */
struct page *ref_mapped(unsigned int p, bool *write);
bool ref_huge(unsigned int p);

/* The first page of the window whose entry is not as wanted; REF_NR: none. */
unsigned int ref_first_wrong(void);

#endif
