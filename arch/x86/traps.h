/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_TRAPS_H
#define X86_TRAPS_H

#include <kernel/types.h>

struct pt_regs;

#define TRAP_NMI 2
#define TRAP_DF	 8
#define TRAP_GP	 13
#define TRAP_PF	 14
#define TRAP_MC	 18
#define NR_TRAPS 32

void trap_handle(struct pt_regs *regs); /* traps.c: vectors 0 … 31 but NMI */
void nmi_handle(struct pt_regs *regs); /* nmi.c */
void irq_handle(struct pt_regs *regs); /* irq.c: vectors from 32 */
void irq_account(unsigned int vector); /* irq.c */

/*
 * Instructions that may fault, and where to go on then. uaccess.c writes it; C cannot
 * name an instruction.
 */
struct extable_entry {
	u64 insn, fixup;
};

#endif
