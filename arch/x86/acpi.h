/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_ACPI_H
#define X86_ACPI_H

#include <kernel/config.h>
#include <kernel/types.h>

struct boot_info;

/**
 * acpi_init - find the CPUs
 *
 * Sets nr_cpu_ids and acpi_apic_id[], boot CPU first; as many as the image can hold and maxcpus=
 * allows, and prints how many more there are. If there is no valid MADT it ends the run with the
 * cause; with maxcpus=1 it reads no MADT.
 *
 * Context: boot CPU, on the early page tables, which map the ACPI tables: the real ones map RAM only.
 */
void acpi_init(const struct boot_info *bi);

extern u32 acpi_apic_id[CONFIG_NR_CPUS];
extern u16 acpi_pm_timer_port; /* 0: there is none */
extern bool acpi_pm_timer_32; /* counts 32 bits, not 24 */

#endif
