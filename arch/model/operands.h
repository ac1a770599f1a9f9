/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_OPERANDS_H
#define MODEL_OPERANDS_H

#include <kernel/types.h>

struct cpumask;

/*
 * Are these operands valid on this CPU in its current state? If not, that is the verdict of the
 * schedule, which ends with this step. The model of each instruction calls its check first.
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
