/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_MSR_H
#define X86_MSR_H

#include <kernel/compiler.h>
#include <kernel/types.h>
#include <asm/extable.h>

/* Model-specific registers and control registers that only arch/x86 touches. */
#define MSR_APIC_BASE	0x1b /* SDM vol. 3A 11.4.4 */
#define APIC_BASE_X2	BIT(10)
#define APIC_BASE_EN	BIT(11)
#define MSR_UCODE_REV	0x8b /* SDM vol. 3A 10.11.7.1, APM vol. 2 "PATCH_LEVEL" */
#define MSR_X2APIC(reg) (0x800 + ((reg) >> 4)) /* SDM vol. 3A 11.12.1.2 */
#define MSR_EFER	0xc0000080
#define MSR_GS_BASE	0xc0000101

#define CR4_MCE		BIT(6)
#define CR4_PAE		BIT(5)
#define CR4_OSFXSR	BIT(9) /* %xmm without #UD: SDM vol. 3A 2.5 */
#define CR4_UMIP	BIT(11)
#define CR4_FSGSBASE	BIT(16)
#define CR4_SMEP	BIT(20)
#define CR4_SMAP	BIT(21)

static __always_inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ __volatile__("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
	return (u64)hi << 32 | lo;
}

/* Serialising, but for the x2APIC registers and a few more (SDM vol. 3A 9.3). */
static __always_inline void wrmsr(u32 msr, u64 v)
{
	__asm__ __volatile__("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

/* rdmsr() into @v, or -EFAULT where the CPU has no such register. */
static inline int rdmsr_safe(u32 msr, u64 *v)
{
	u32 lo = 0, hi = 0;
	int err = -EFAULT;

	__asm__ __volatile__("1: rdmsr\n"
			     "   xorl %0, %0\n"
			     "2:\n" EXTABLE("1b", "2b")
			     : "+&r"(err), "+a"(lo), "+d"(hi)
			     : "c"(msr)
			     : "memory", "cc");
	*v = (u64)hi << 32 | lo;
	return err;
}

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static __always_inline struct cpuid cpuid(u32 leaf, u32 sub)
{
	struct cpuid r;

	__asm__ __volatile__("cpuid"
			     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			     : "a"(leaf), "c"(sub)
			     : "memory");
	return r;
}

/* All zero for a leaf that the CPU does not have: Intel answers with another leaf's data. */
static inline struct cpuid cpuid_or_zero(u32 leaf, u32 sub)
{
	if (cpuid(leaf & 0xffff0000, 0).eax < leaf)
		return (struct cpuid){0};
	return cpuid(leaf, sub);
}

#endif
