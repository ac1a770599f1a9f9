/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_DESC_H
#define X86_DESC_H

/* Selectors. The first four are as in head.S, so CS stays valid when the GDT is replaced. */
#define KERNEL_CS 0x18
#define TSS_SEL	  0x20

/* Interrupt stack table entries, one to four counted from 1 as in the gate. */
enum ist { IST_NONE, IST_NMI, IST_DF, IST_MC };

void desc_init_early(void); /* boot CPU: IDT without IST, to report faults from here on */
void desc_alloc(int cpu); /* boot CPU: IST stacks of @cpu, after its per-CPU area */
void desc_init_cpu(void); /* this CPU: GDT, TSS, IDT */

#endif
