/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_DRIVE_H
#define ASM_DRIVE_H

#include <kernel/types.h>

/* What the user of <kernel/drive.h> needs of the CPU that it runs on. */

/**
 * arch_hold_interrupts - keep interrupts pending in the local APIC, whatever IF is
 *
 * By the task priority (SDM vol. 3A 11.8.3.1): the code that runs turns interrupts on and off
 * as always, and takes none. NMIs are not held.
 */
void arch_hold_interrupts(bool hold);

void arch_stop_tick(void); /* no timer interrupts on this CPU any more */

/* Drops everything in this CPU's TLB and paging-structure caches, global or not. */
void arch_forget_translations(void);

/*
 * Which pages of the kernel's memory were written: the Dirty flags of all their mappings say so
 * (SDM vol. 3A 4.8). Clear the flags, then call arch_forget_translations() so that the next write
 * sets them again; meanwhile the CPUs concerned write nothing.
 */
/* Map the 2 MiB around @va by 4 KiB pages; @table becomes the PTE table. false: not mapped. */
bool arch_split_mapping(unsigned long va, u64 *table);
/* The entry that maps @va, if it is of 4 KiB; or NULL. */
u64 *arch_small_entry(unsigned long va);

/* Of such an entry; inline, as there are thousands to be looked at. */
static inline phys_addr_t arch_entry_page(u64 entry)
{
	return entry & 0x000ffffffffff000UL;
}

static inline bool arch_entry_writable(u64 entry)
{
	return entry & BIT(1);
}

static inline bool arch_entry_written(u64 entry)
{
	return entry & BIT(6);
}

static inline void arch_entry_clean(u64 *entry)
{
	*entry &= ~BIT(6);
}

/* An NMI handler that will never return: let NMIs in again (SDM vol. 3A 6.7.1: by IRET). */
void arch_unblock_nmi(void);

#endif
