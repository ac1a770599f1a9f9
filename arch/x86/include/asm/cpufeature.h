/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_CPUFEATURE_H
#define ASM_CPUFEATURE_H

#include <kernel/types.h>

/* CPU features for mm/ and tests/; valid after arch_cpu_init() on CPU 0. */
enum cpu_feature {
	X86_FEATURE_PCID,
	X86_FEATURE_INVPCID,
	X86_FEATURE_INVLPGB, /* CPUID 8000_0008 EBX[3] */
	X86_FEATURE_TCE, /* CPUID 8000_0001 ECX[17] */
	X86_FEATURE_SMAP,
	X86_FEATURE_HYPERVISOR,
	NR_CPU_FEATURES
};
bool cpu_has(enum cpu_feature f);
u32 cpu_family(void); /* with the extended part, as vendors count */
u32 cpu_model(void);
u32 invlpgb_count_max(void); /* CPUID 8000_0008 EDX[15:0] + 1; 0 without INVLPGB */

#endif
