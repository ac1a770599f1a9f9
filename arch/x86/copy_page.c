/* SPDX-License-Identifier: GPL-2.0 */
/* Copying a page through %xmm, which nothing else here uses (-mgeneral-regs-only). */
#include <kernel/preempt.h>
#include <asm/page.h>

#define LOAD(reg)  "movaps 16*" #reg "(%1), %%xmm" #reg "\n\t"
#define STORE(reg) "movaps %%xmm" #reg ", 16*" #reg "(%0)\n\t"

/* The registers that a run of loads fills, and one of stores empties. */
#define ALL_XMM(op)                                                                             \
	op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) \
		op(14) op(15)
#define RUN_BYTES (16 * 16)

/*
 * Copying a huge page, source and destination have the same place in a direct-mapped TLB, as
 * TCG's is: each change from one to the other is a miss. So runs are as long as registers
 * allow. Preemption is off because a context switch does not save them.
 */
void copy_page(void *to, const void *from)
{
	preempt_disable();
	for (unsigned long i = 0; i < PAGE_SIZE; i += RUN_BYTES)
		asm volatile(ALL_XMM(LOAD) ALL_XMM(STORE)
			     :
			     : "r"((char *)to + i), "r"((const char *)from + i)
			     : "memory");
	preempt_enable();
}
