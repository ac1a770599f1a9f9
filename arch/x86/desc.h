/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_DESC_H
#define X86_DESC_H

/* Selectors: the first four as in head.S, so that a far return needs no thought. */
#define KERNEL_CS 0x18
#define TSS_SEL	  0x20

/* Interrupt stack table entries, one to four counted from 1 as in the gate. */
enum ist { IST_NONE, IST_NMI, IST_DF, IST_MC };

void desc_init_early(void); /* boot CPU: IDT without IST, to report faults from here on */
void desc_alloc(int cpu); /* boot CPU: IST stacks of @cpu, after its per-CPU area */
void desc_init_cpu(void); /* this CPU: GDT, TSS, IDT */

#endif
