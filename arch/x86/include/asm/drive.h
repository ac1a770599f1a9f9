/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_DRIVE_H
#define ASM_DRIVE_H

#include <kernel/types.h>

/* What <kernel/drive.h>'s user does to the CPU that it runs on. */

/**
 * arch_hold_interrupts - keep interrupts pending in the local APIC, whatever IF is
 *
 * By the task priority (SDM vol. 3A 11.8.3.1): the code that runs turns interrupts on and off
 * as always, and takes none. NMIs are not held.
 */
void arch_hold_interrupts(bool hold);

void arch_stop_tick(void); /* no timer interrupts on this CPU any more */

/* Everything that this CPU's TLB and paging-structure caches hold, global or not. */
void arch_forget_translations(void);

/* An NMI handler that will never return: let NMIs in again (SDM vol. 3A 6.7.1: by IRET). */
void arch_unblock_nmi(void);

#endif
