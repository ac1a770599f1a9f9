/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_KMAP_H
#define ASM_KMAP_H

#include <kernel/types.h>

/*
 * The kernel's own page tables: what CR3 holds where no mm is loaded, and the kernel
 * half that every mm shares. No PML4 entry of that half ever changes after boot.
 */

/* Physical address of the kernel's PML4. Context: any, after setup_arch(). */
phys_addr_t kernel_pgd_phys(void);

/* Give @pgd, a PML4 at its kernel address, the kernel half; its low half is not touched. */
void arch_clone_kernel_pgd(u64 *pgd);

#endif
