/* SPDX-License-Identifier: GPL-2.0 */
/* See <asm/drive.h>. */
#include "apic.h"
#include <asm/drive.h>
#include <asm/insn.h>
#include <asm/page.h>
#include <asm/smp.h>

#define TPR_ALL 0xf0 /* holds every vector: none is of a class above 15 */

void arch_hold_interrupts(bool hold)
{
	apic.write(APIC_TPR, hold ? TPR_ALL : 0);
}

void arch_stop_tick(void)
{
	apic.write(APIC_LVTT, LVT_MASKED | LOCAL_TIMER_VECTOR);
	apic.write(APIC_TMICT, 0);
}

/* Changing CR4.PGE drops all entries, of all PCIDs (SDM vol. 3A 4.10.4.1). */
void arch_forget_translations(void)
{
	unsigned long cr4 = insn_read_cr4();

	insn_write_cr4(cr4 ^ X86_CR4_PGE);
	insn_write_cr4(cr4);
}

void arch_unblock_nmi(void)
{
	unsigned long tmp;

	__asm__ __volatile__("mov %%ss, %0\n\t"
			     "push %0\n\t"
			     "lea 8(%%rsp), %0\n\t"
			     "push %0\n\t"
			     "pushf\n\t"
			     "mov %%cs, %0\n\t"
			     "push %0\n\t"
			     "push $1f\n\t"
			     "iretq\n"
			     "1:"
			     : "=&r"(tmp)::"memory", "cc");
}
