/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_INSN_OPERANDS_H
#define ASM_INSN_OPERANDS_H

#include <kernel/compiler.h>

/* Operands of <asm/insn.h>'s instructions: the same on every machine. */
#define X86_EFLAGS_IF	       BIT(9)
#define X86_CR4_PGE	       BIT(7) /* changing it drops all of the TLB: SDM vol. 3A 4.10.4.1 */
#define X86_CR4_PCIDE	       BIT(17)
#define CR3_NOFLUSH	       BIT(63)

#define INVPCID_SINGLE_CONTEXT 1 /* all of one PCID, but for global pages */
#define INVPCID_ALL_NON_GLOBAL 3 /* all of all PCIDs, but for global pages */

#endif
