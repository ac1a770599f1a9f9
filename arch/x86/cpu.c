/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the CPU offers and what of it is switched on. Nothing is enabled that CPUID does
 * not offer: TCG accepts CR4.PCIDE without implementing it.
 */
#include "cpu.h"
#include "early.h"
#include "msr.h"
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/cpufeature.h>
#include <asm/insn.h>
#include <asm/page.h>
#include <asm/setup.h>

#define CPUID0_ECX_INTEL      0x6c65746e /* "ntel" of "GenuineIntel" */
#define CPUID1_EDX_TSC	      BIT(4)
#define CPUID1_EDX_MCE	      BIT(7)
#define CPUID1_EDX_APIC	      BIT(9)
#define CPUID1_EDX_PGE	      BIT(13)
#define CPUID1_EDX_FXSR	      BIT(24)
#define CPUID1_EDX_SSE	      BIT(25)
#define CPUID1_EDX_SSE2	      BIT(26)
#define CPUID1_ECX_PCID	      BIT(17)
#define CPUID1_ECX_X2APIC     BIT(21)
#define CPUID1_ECX_HYPERVISOR BIT(31)
#define CPUID7_EBX_FSGSBASE   BIT(0)
#define CPUID7_EBX_SMEP	      BIT(7)
#define CPUID7_EBX_INVPCID    BIT(10)
#define CPUID7_EBX_SMAP	      BIT(20)
#define CPUID7_ECX_UMIP	      BIT(2)
#define CPUIDX1_ECX_TCE	      BIT(17)
#define CPUIDX8_EBX_INVLPGB   BIT(3)

#define LEAF_HYPERVISOR	      0x40000000
#define LEAF_EXT	      0x80000000

/* Written by cpu_detect() before other CPUs run. */
static bool has[NR_CPU_FEATURES];
static u32 invlpgb_max;
static u32 family, model;
static unsigned long cr4_bits;
static char brand[49];
static char hypervisor[13];
bool cpu_smap __read_mostly; /* read by entry.S */

bool cpu_has(enum cpu_feature f)
{
	return has[f];
}

u32 invlpgb_count_max(void)
{
	return invlpgb_max;
}

u32 cpu_family(void)
{
	return family;
}

u32 cpu_model(void)
{
	return model;
}

/* CPUID 1 EAX: APM vol. 3 E.3.2, SDM vol. 2A CPUID. */
static u32 cpuid_family(u32 eax)
{
	u32 base = (eax >> 8) & 0xf;

	return base == 0xf ? base + ((eax >> 20) & 0xff) : base;
}

static u32 cpuid_model(u32 eax)
{
	u32 base = (eax >> 4) & 0xf, fam = (eax >> 8) & 0xf;

	return fam == 0xf || fam == 6 ? base | ((eax >> 12) & 0xf0) : base;
}

bool cpu_offers_x2apic(void)
{
	return cpuid(1, 0).ecx & CPUID1_ECX_X2APIC;
}

/* As trampoline.S finds it. SDM vol. 3A 9.4.5 and vol. 2A CPUID leaf 0BH. */
u32 cpu_apic_id(void)
{
	struct cpuid b = cpuid_or_zero(0xb, 0);

	return b.ebx & 0xffff ? b.edx : cpuid(1, 0).ebx >> 24;
}

static unsigned long wanted_cr4(void)
{
	struct cpuid c1 = cpuid(1, 0), c7 = cpuid_or_zero(7, 0);
	unsigned long v = CR4_PAE | CR4_OSFXSR; /* cpu_check() */

	if (c1.edx & CPUID1_EDX_MCE)
		v |= CR4_MCE; /* a broadcast machine check shuts down a machine without it */
	if (c1.edx & CPUID1_EDX_PGE)
		v |= X86_CR4_PGE;
	if (c7.ebx & CPUID7_EBX_FSGSBASE)
		v |= CR4_FSGSBASE;
	if (c7.ebx & CPUID7_EBX_SMEP)
		v |= CR4_SMEP;
	if (c7.ebx & CPUID7_EBX_SMAP)
		v |= CR4_SMAP;
	if (c7.ecx & CPUID7_ECX_UMIP)
		v |= CR4_UMIP;
	if (c1.ecx & CPUID1_ECX_PCID)
		v |= X86_CR4_PCIDE;
	return v;
}

static void read_brand(void)
{
	char *s = brand;

	if (cpuid(LEAF_EXT, 0).eax < LEAF_EXT + 4) {
		strscpy(brand, "unnamed CPU", sizeof(brand));
		return;
	}
	for (u32 leaf = LEAF_EXT + 2; leaf <= LEAF_EXT + 4; leaf++, s += 16) {
		struct cpuid c = cpuid(leaf, 0);

		memcpy(s, &c, 16);
	}
	for (s = brand; *s == ' '; s++) /* Intel pads on the left */
		;
	memmove(brand, s, strlen(s) + 1);
}

static void read_hypervisor(void)
{
	struct cpuid c = cpuid(LEAF_HYPERVISOR, 0);

	memcpy(hypervisor, &c.ebx, 4);
	memcpy(hypervisor + 4, &c.ecx, 4);
	memcpy(hypervisor + 8, &c.edx, 4);
}

void cpu_check(void)
{
	static const struct {
		u32 bit;
		const char *name;
	} needed[] = {
		{CPUID1_EDX_TSC, "TSC"}, {CPUID1_EDX_APIC, "local APIC"}, {CPUID1_EDX_FXSR, "FXSR"},
		{CPUID1_EDX_SSE, "SSE"}, {CPUID1_EDX_SSE2, "SSE2"},
	};
	u32 edx = cpuid(1, 0).edx;
	char list[64] = "";
	int n = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(needed); i++)
		if (!(edx & needed[i].bit))
			n += snprintf(list + n, sizeof(list) - (size_t)n, "%s%s", n ? ", " : "",
				      needed[i].name);
	if (n)
		fatal("this CPU does not offer %s: use another machine, or QEMU -cpu max", list);
}

void cpu_detect(void)
{
	struct cpuid c1 = cpuid(1, 0), c7 = cpuid_or_zero(7, 0);
	struct cpuid x1 = cpuid_or_zero(LEAF_EXT + 1, 0), x8 = cpuid_or_zero(LEAF_EXT + 8, 0);

	has[X86_FEATURE_PCID] = c1.ecx & CPUID1_ECX_PCID;
	has[X86_FEATURE_INVPCID] = c7.ebx & CPUID7_EBX_INVPCID;
	has[X86_FEATURE_SMAP] = c7.ebx & CPUID7_EBX_SMAP;
	cpu_smap = has[X86_FEATURE_SMAP];
	has[X86_FEATURE_HYPERVISOR] = c1.ecx & CPUID1_ECX_HYPERVISOR;
	has[X86_FEATURE_TCE] = x1.ecx & CPUIDX1_ECX_TCE;
	has[X86_FEATURE_INVLPGB] = x8.ebx & CPUIDX8_EBX_INVLPGB;
	if (has[X86_FEATURE_INVLPGB])
		invlpgb_max = (x8.edx & 0xffff) + 1;
	family = cpuid_family(c1.eax);
	model = cpuid_model(c1.eax);
	if (has[X86_FEATURE_HYPERVISOR])
		read_hypervisor();
	read_brand();
	cr4_bits = wanted_cr4();
}

void cpu_init_cr4(void)
{
	/* Features are detected on the boot CPU only, and used on all CPUs. */
	if (wanted_cr4() != cr4_bits)
		fatal("CPU%d offers other features than the boot CPU (CR4 %#lx, not %#lx)",
		      raw_smp_processor_id(), wanted_cr4(), cr4_bits);
	/* CR4.PCIDE may be set in long mode with CR3[11:0] = 0 only (SDM vol. 3A 4.10.1). */
	BUG_ON(insn_read_cr3() & ~PAGE_MASK);
	insn_write_cr4(cr4_bits);
}

bool cpu_hypervisor_is(const char *signature)
{
	return !strncmp(hypervisor, signature, 12);
}

const char *arch_machine_name(void)
{
	static const struct {
		const char *signature, *name;
	} known[] = {
		{"TCGTCGTCGTCG", "TCG"},    {"KVMKVMKVM", "KVM"},    {"Microsoft Hv", "Hyper-V"},
		{"VMwareVMware", "VMware"}, {"XenVMMXenVMM", "Xen"}, {"bhyve bhyve ", "bhyve"},
	};

	if (!has[X86_FEATURE_HYPERVISOR])
		return "bare metal";
	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++)
		if (cpu_hypervisor_is(known[i].signature))
			return known[i].name;
	return "unknown hypervisor";
}

const char *arch_cpu_name(void)
{
	return brand;
}

/* Intel's CPUs put it into the upper half, at a CPUID after the register was cleared. */
u64 arch_microcode(void)
{
	bool intel = cpuid(0, 0).ecx == CPUID0_ECX_INTEL;
	u64 v;

	if (rdmsr_safe(MSR_UCODE_REV, &v))
		return 0;
	if (!intel)
		return (u32)v;
	wrmsr(MSR_UCODE_REV, 0);
	cpuid(1, 0);
	return rdmsr(MSR_UCODE_REV) >> 32;
}
