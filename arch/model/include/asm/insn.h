/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_INSN_H
#define ASM_INSN_H

#include <kernel/compiler.h>
#include <kernel/types.h>
#include <model/access.h>

/* The contract of arch/x86's <asm/insn.h>, for modelled CPUs (arch/model/). */
#include <asm/insn_operands.h>

/* Between on and off, reads return what this CPU would read. They are no steps and never race. */
void machine_looks(bool on);

void insn_cli(void);
void insn_sti(void); /* a step: an interrupt may be taken right after it */
void insn_sti_hlt(void); /* until an interrupt has been taken */
unsigned long insn_save_flags(void);

/*
 * PAUSE in a spin loop. The words that were read last did not end the loop, so this CPU waits
 * until one of them changes.
 */
void cpu_relax(void);

unsigned long insn_read_cr3(void);
void insn_write_cr3(unsigned long v);
unsigned long insn_read_cr4(void);
void insn_write_cr4(unsigned long v);
unsigned long insn_read_cr2(void);
void insn_invlpg(unsigned long addr);
void insn_invpcid(unsigned long type, unsigned long pcid, unsigned long addr);
void insn_invlpgb(u64 rax, u32 ecx, u32 edx);
void insn_tlbsync(void);
u64 insn_rdtsc(void); /* counts steps */

#endif
