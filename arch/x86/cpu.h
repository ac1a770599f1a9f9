/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_CPU_H
#define X86_CPU_H

#include <kernel/types.h>

u32 cpu_apic_id(void); /* of this CPU, as CPUID tells it */
bool cpu_offers_x2apic(void);
bool cpu_hypervisor_is(const char *signature);

#endif
