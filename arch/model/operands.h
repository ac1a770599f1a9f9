/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_OPERANDS_H
#define MODEL_OPERANDS_H

#include <kernel/types.h>

struct cpumask;

/*
 * Does this CPU take these operands, in the state that it is in? Else that is the verdict of the
 * schedule, which ends with this step. Called first by what carries the instruction out.
 */
void operands_cr3(unsigned long v);
void operands_cr4(unsigned long v);
void operands_invlpg(unsigned long va);
void operands_invpcid(unsigned long type, unsigned long pcid, unsigned long va);
void operands_invlpgb(u64 rax, u32 ecx, u32 edx);
void operands_tlbsync(void);
void operands_icr(const struct cpumask *mask);
void operands_sti(bool halt);

#endif
