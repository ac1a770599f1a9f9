/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_EXTABLE_H
#define ASM_EXTABLE_H

#include <kernel/errno.h>
#include <asm/insn.h>

/*
 * An instruction that may fault: a page fault or a general-protection fault of @insn, not
 * in NMI, goes on at @fixup (traps.c).
 */
#define EXTABLE(insn, fixup)                          \
	".pushsection __ex_table, \"a\", @progbits\n" \
	".quad " insn ", " fixup "\n"                 \
	".popsection\n"

/* insn_invlpgb(), or -EFAULT where the CPU refuses the operands with #GP. */
static inline int insn_invlpgb_safe(u64 rax, u32 ecx, u32 edx)
{
	int err = -EFAULT;

	__asm__ __volatile__("1: .byte 0x0f, 0x01, 0xfe\n"
			     "   xorl %0, %0\n"
			     "2:\n" EXTABLE("1b", "2b")
			     : "+&r"(err)
			     : "a"(rax), "c"(ecx), "d"(edx)
			     : "memory", "cc");
	return err;
}

#endif
