/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

/* Registers of the interrupted code, in the order entry.S pushes them. */
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long vector, error_code;
	unsigned long ip, cs, flags, sp, ss;
};

/* Symbolised backtraces on the console, "# " before each line. */
void show_backtrace(const struct pt_regs *regs); /* of what an exception or NMI interrupted */
void show_regs(const struct pt_regs *regs); /* its registers as well */
void dump_stack(void);

#endif
