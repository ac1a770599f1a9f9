/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_INSN_H
#define ASM_INSN_H

#include <kernel/compiler.h>
#include <kernel/types.h>

/*
 * The interface to the machine: the instructions through which mm/, kernel/ and arch/x86/mm/ touch
 * the machine. One wrapper, one instruction (two where the manual makes a pair of
 * them). arch/x86 executes them; a modelled machine may implement the same names.
 * Nothing outside arch/<machine>/ contains asm.
 */

#include <asm/insn_operands.h>

/*
 * Reads between machine_looks(true) and (false) are those of a check, not of the kernel. A
 * modelled machine makes no steps of them; here the call does nothing.
 */
static __always_inline void machine_looks(bool on)
{
}

/* CLI, STI: SDM vol. 2A/2B. STI holds interrupts off for one more instruction. */
static __always_inline void insn_cli(void)
{
	__asm__ __volatile__("cli" ::: "memory");
}

static __always_inline void insn_sti(void)
{
	__asm__ __volatile__("sti" ::: "memory");
}

/* STI;HLT: no interrupt can slip in between, so a wake-up is never lost. */
static __always_inline void insn_sti_hlt(void)
{
	__asm__ __volatile__("sti; hlt" ::: "memory");
}

static __always_inline unsigned long insn_save_flags(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushf; pop %0" : "=rm"(flags)::"memory");
	return flags;
}

/* PAUSE. In every wait loop: under TCG it is what ends a virtual CPU's turn. */
static __always_inline void cpu_relax(void)
{
	__asm__ __volatile__("pause" ::: "memory");
}

static __always_inline unsigned long insn_read_cr3(void)
{
	unsigned long v;

	__asm__ __volatile__("mov %%cr3,%0" : "=r"(v)::"memory");
	return v;
}

/*
 * MOV to CR3: drops all non-global TLB entries and paging-structure-cache entries
 * of the PCID it loads, unless bit 63 is set and CR4.PCIDE=1 (SDM vol. 3A 4.10.4.1;
 * AMD APM vol. 2 5.5.1). Serialising.
 */
static __always_inline void insn_write_cr3(unsigned long v)
{
	__asm__ __volatile__("mov %0,%%cr3" ::"r"(v) : "memory");
}

static __always_inline unsigned long insn_read_cr4(void)
{
	unsigned long v;

	__asm__ __volatile__("mov %%cr4,%0" : "=r"(v)::"memory");
	return v;
}

static __always_inline void insn_write_cr4(unsigned long v)
{
	__asm__ __volatile__("mov %0,%%cr4" ::"r"(v) : "memory");
}

static __always_inline unsigned long insn_read_cr2(void)
{
	unsigned long v;

	__asm__ __volatile__("mov %%cr2,%0" : "=r"(v)::"memory");
	return v;
}

/*
 * INVLPG: drops the translation of one page, on this CPU, and the current PCID's
 * paging-structure-cache entries (Intel: all of them, SDM vol. 3A 4.10.4.1; AMD
 * with EFER.TCE=1: only those that lead to the page, APM vol. 2 5.5.3).
 */
static __always_inline void insn_invlpg(unsigned long addr)
{
	__asm__ __volatile__("invlpg (%0)" ::"r"(addr) : "memory");
}

/* INVPCID (SDM vol. 2A): by type. */
static __always_inline void insn_invpcid(unsigned long type, unsigned long pcid, unsigned long addr)
{
	struct {
		u64 d[2];
	} desc = {{pcid, addr}};

	__asm__ __volatile__("invpcid %[desc], %[type]" ::[desc] "m"(desc), [type] "r"(type)
			     : "memory");
}

/* INVLPGB, TLBSYNC: AMD APM vol. 3; operands as encoded there. #UD where not offered. */
static __always_inline void insn_invlpgb(u64 rax, u32 ecx, u32 edx)
{
	__asm__ __volatile__(".byte 0x0f, 0x01, 0xfe" ::"a"(rax), "c"(ecx), "d"(edx) : "memory");
}

static __always_inline void insn_tlbsync(void)
{
	__asm__ __volatile__(".byte 0x0f, 0x01, 0xff" ::: "memory");
}

/* RDTSC behind LFENCE: not executed before earlier loads (SDM vol. 2B RDTSC). */
static __always_inline u64 insn_rdtsc(void)
{
	u32 lo, hi;

	__asm__ __volatile__("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (u64)hi << 32 | lo;
}

#endif
