/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exceptions. The only ones that return are page faults and general-protection faults
 * of instructions in the exception table; all others are bugs of ours and end the run.
 */
#include "desc.h"
#include "traps.h"
#include <kernel/bug.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <asm/insn.h>
#include <asm/page.h>
#include <asm/ptrace.h>

/* Page-fault error code: SDM vol. 3A 4.7. */
#define PF_PROT	 BIT(0)
#define PF_WRITE BIT(1)
#define PF_RSVD	 BIT(3)
#define PF_INSTR BIT(4)

BUILD_BUG_ON(offsetof(struct pt_regs, ip) != 136); /* entry.S */
BUILD_BUG_ON(sizeof(struct pt_regs) % 16); /* entry.S calls C from below it */

extern const struct extable_entry __start___ex_table[] __weak, __stop___ex_table[] __weak;

static const char *const names[NR_TRAPS] = {
	[0] = "divide error",	      [1] = "debug",
	[3] = "breakpoint",	      [4] = "overflow",
	[5] = "bound range",	      [6] = "invalid opcode",
	[7] = "device not available", [TRAP_DF] = "double fault",
	[10] = "invalid TSS",	      [11] = "segment not present",
	[12] = "stack fault",	      [TRAP_GP] = "general protection fault",
	[16] = "x87 error",	      [17] = "alignment check",
	[TRAP_MC] = "machine check",  [19] = "SIMD error",
	[21] = "control protection",
};

/* A handful of entries: looked up in order. */
static bool fixup(struct pt_regs *regs)
{
	const struct extable_entry *e;

	for (e = __start___ex_table; e < __stop___ex_table; e++) {
		if (e->insn == regs->ip) {
			regs->ip = e->fixup;
			return true;
		}
	}
	return false;
}

static const char *access_name(unsigned long error)
{
	if (error & PF_INSTR)
		return "execution of";
	return error & PF_WRITE ? "write to" : "read of";
}

static const char *reason_name(unsigned long error)
{
	if (error & PF_RSVD)
		return "reserved bit set in a page table";
	return error & PF_PROT ? "not permitted" : "not mapped";
}

static void __noreturn page_fault_panic(const struct pt_regs *regs, unsigned long addr)
{
	show_regs(regs);
	panic("page fault: %s %#lx%s, %s, at %pS", access_name(regs->error_code), addr,
	      addr < PAGE_SIZE ? " (NULL pointer)" : "", reason_name(regs->error_code),
	      (void *)regs->ip);
}

static void __noreturn double_fault(const struct pt_regs *regs)
{
	unsigned long addr = insn_read_cr2();

	show_regs(regs);
	/* The frame could not be pushed: the faulting address is just below the mapped stack. */
	if (regs->sp - addr < 2 * PAGE_SIZE || addr - regs->sp < PAGE_SIZE)
		panic("kernel stack overflow: double fault at %pS, stack pointer %#lx",
		      (void *)regs->ip, regs->sp);
	panic("double fault at %pS, CR2 %#lx", (void *)regs->ip, addr);
}

void trap_handle(struct pt_regs *regs)
{
	unsigned long addr = insn_read_cr2();

	if (regs->vector == TRAP_PF || regs->vector == TRAP_GP) {
		/* Not in NMI: the IRET would re-enable NMIs while one's stack is in use. */
		if (!in_nmi() && fixup(regs))
			return;
		if (regs->vector == TRAP_PF)
			page_fault_panic(regs, addr);
	}
	if (regs->vector == TRAP_DF)
		double_fault(regs);
	show_regs(regs);
	panic("%s (vector %lu, error code %#lx) at %pS",
	      names[regs->vector] ? names[regs->vector] : "unknown exception", regs->vector,
	      regs->error_code, (void *)regs->ip);
}

/* From entry.S, IRQs off. */
void entry_dispatch(struct pt_regs *regs);
void __hot entry_dispatch(struct pt_regs *regs)
{
	if (regs->vector >= NR_TRAPS)
		irq_handle(regs);
	else if (regs->vector == TRAP_NMI)
		nmi_handle(regs);
	else
		trap_handle(regs);
}
