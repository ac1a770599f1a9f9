/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_SMPBOOT_H
#define X86_SMPBOOT_H

#include <kernel/compiler.h>
#include <kernel/types.h>

/* What trampoline.S looks up by APIC ID; written before the start-up IPI, constant then. */
struct ap_boot {
	u32 apic_id, unused;
	u64 stack; /* its top; 0: the CPU with this ID halts for good */
	u64 percpu; /* GS base */
};
BUILD_BUG_ON(offsetof(struct ap_boot, stack) != 8 || offsetof(struct ap_boot, percpu) != 16 ||
	     sizeof(struct ap_boot) != 24);

#endif
