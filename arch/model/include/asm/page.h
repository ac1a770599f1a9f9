/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <kernel/config.h>
#include <kernel/types.h>

#define PAGE_SHIFT    12
#define PAGE_SIZE     (1UL << PAGE_SHIFT)
#define PAGE_MASK     (~(PAGE_SIZE - 1))

/*
 * The geometry of the model: two entries in each table; 512 for a Linux tree (arch/linux). A "huge" page is two pages, a
 * shared PMD table spans four, the user address space is sixteen. What is explored is
 * the order of accesses; a loop over 512 entries would only multiply it.
 */
#define PT_INDEX_BITS CONFIG_MODEL_INDEX_BITS
#define TASK_SIZE     (1UL << (PAGE_SHIFT + 4 * PT_INDEX_BITS))

/* Physical memory is an array of the process; all of it is always mapped. */
extern char model_memory[];

static inline void *__va(phys_addr_t pa)
{
	return model_memory + pa;
}

static inline phys_addr_t __pa(const void *va)
{
	return (phys_addr_t)((const char *)va - model_memory);
}

void copy_page(void *to, const void *from);

#define PFN_DOWN(pa)  ((unsigned long)((pa) >> PAGE_SHIFT))
#define PFN_UP(pa)    ((unsigned long)(((pa) + PAGE_SIZE - 1) >> PAGE_SHIFT))
#define PFN_PHYS(pfn) ((phys_addr_t)(pfn) << PAGE_SHIFT)

#endif
