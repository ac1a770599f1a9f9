/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <kernel/types.h>

/* In place of the kernel's: physical memory is a piece of this program's address space. */
#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

extern uintptr_t phys_memory;

static inline void *__va(phys_addr_t pa)
{
	return (void *)(phys_memory + pa);
}

/* The image's symbols are at their physical address (--defsym). */
static inline phys_addr_t __pa(const void *va)
{
	uintptr_t a = (uintptr_t)va;

	return a >= phys_memory ? a - phys_memory : a;
}

#endif
