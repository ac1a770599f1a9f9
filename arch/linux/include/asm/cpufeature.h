/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_CPUFEATURE_H
#define SHIM_CPUFEATURE_H

/* The tree's own header; feature tests read the bits instead of code patched at boot. */
#include_next <asm/cpufeature.h>

#undef static_cpu_has
#define static_cpu_has(bit) boot_cpu_has(bit)
#undef _static_cpu_has
#define _static_cpu_has(bit) boot_cpu_has(bit)
#undef this_cpu_has
#define this_cpu_has(bit) test_cpu_cap(raw_cpu_ptr(&cpu_info), bit)

#endif
