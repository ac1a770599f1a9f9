/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <kernel/types.h>

#define PAGE_SHIFT	   12
#define PAGE_SIZE	   (1UL << PAGE_SHIFT)
#define PAGE_MASK	   (~(PAGE_SIZE - 1))
#define PT_INDEX_BITS	   9 /* of an address, at each level of the page tables */

/*
 * The kernel's address space (4-level paging):
 *
 *	0x0000000000000000 - 0x00007fffffffffff  user; page 0 is never mapped
 *	0xffff888000000000 -                     all RAM, 2 MiB pages, NX; kernel text read-only
 *	0xffffffff80000000 - 0xffffffff800fffff  MMIO (local APIC)
 *	0xffffffff80100000 -                     kernel image
 *	0xffffffff90000000 - 0xffffffff9fffffff  the screen's memory
 *	0xffffffffa0000000 - 0xffffffffbfffffff  stacks with guard pages
 *
 * The last four hang below one PMD table: after a TLB flush, what walks the tables, be it
 * hardware or an emulator, finds most of the way to an interrupt's handler, its stack and
 * its EOI already in its caches.
 */
#define PAGE_OFFSET	   0xffff888000000000UL
#define __START_KERNEL_map 0xffffffff80000000UL
#define MMIO_START	   __START_KERNEL_map
#define SCREEN_START	   0xffffffff90000000UL
#define VMALLOC_START	   0xffffffffa0000000UL
#define TASK_SIZE	   0x00007ffffffff000UL

/* Direct-map address of physical memory, and back (also from a kernel-image address). */
static inline void *__va(phys_addr_t pa)
{
	return (void *)(pa + PAGE_OFFSET);
}

static inline phys_addr_t __pa(const void *va)
{
	unsigned long a = (unsigned long)va;

	return a >= __START_KERNEL_map ? a - __START_KERNEL_map : a - PAGE_OFFSET;
}

/*
 * One page, both page-aligned. Any context but a handler: it uses registers that no interrupt
 * and no context switch saves. Linux: copy_page().
 */
void copy_page(void *to, const void *from);

#define PFN_DOWN(pa)  ((unsigned long)((pa) >> PAGE_SHIFT))
#define PFN_UP(pa)    ((unsigned long)(((pa) + PAGE_SIZE - 1) >> PAGE_SHIFT))
#define PFN_PHYS(pfn) ((phys_addr_t)(pfn) << PAGE_SHIFT)

#endif
