/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_INSN_H
#define ASM_INSN_H

#include <kernel/compiler.h>
#include <kernel/types.h>
#include <model/access.h>

/* The treaty of arch/x86's <asm/insn.h>, carried out on modelled CPUs (arch/model/). */
#include <asm/insn_operands.h>

/* What is read in between is what this CPU would read: no step, no access that races. */
void machine_looks(bool on);

void insn_cli(void);
void insn_sti(void); /* a step: an interrupt may be taken right after it */
void insn_sti_hlt(void); /* until an interrupt has been taken */
unsigned long insn_save_flags(void);

/*
 * PAUSE: what was read last did not say go on, so nothing happens here until one of
 * those words changes.
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
