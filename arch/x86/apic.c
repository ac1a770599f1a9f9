/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What xAPIC and x2APIC have in common, and the choice between them. x2APIC is used
 * wherever CPUID offers it: its ICR write needs no wait and, under KVM, no emulation
 * of a memory access; and it is the only mode for APIC IDs from 255 on. (The demand for
 * interrupt remapping with x2APIC is about device interrupts, which we do not use.)
 */
#include "acpi.h"
#include "apic.h"
#include "cpu.h"
#include "early.h"
#include "msr.h"
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/setup.h>
#include <asm/smp.h>

struct apic_ops apic __read_mostly;

/* In force since apic_init(). */
static int apic_set(const char *value)
{
	if (strcmp(value, "xapic") && strcmp(value, "x2apic"))
		return -EINVAL;
	return 0;
}
PARAM(apic, "local APIC mode, xapic or x2apic (x2apic where the CPU offers it)", apic_set);

/* xAPIC's IDs end at 254: 255 is its physical broadcast (SDM vol. 3A 11.6.2.1). */
static void leave_out_long_ids(void)
{
	unsigned int n = 1;

	for (unsigned int cpu = 1; cpu < nr_cpu_ids; cpu++)
		if (acpi_apic_id[cpu] < 255)
			acpi_apic_id[n++] = acpi_apic_id[cpu];
	if (n < nr_cpu_ids)
		printk("# CPUs: %u of %u have APIC IDs from 255 on, which need x2APIC, and that is not available or not wanted: not used\n",
		       nr_cpu_ids - n, nr_cpu_ids);
	nr_cpu_ids = n;
}

void apic_init(const char *cmdline)
{
	const struct apic_ops *chosen = &apic_xapic;
	bool on = rdmsr(MSR_APIC_BASE) & APIC_BASE_X2;
	char mode[16] = "";

	cmdline_find(cmdline, "apic", mode, sizeof(mode));
	if (!strcmp(mode, "x2apic") && !cpu_offers_x2apic())
		fatal("apic=x2apic: this CPU does not offer x2APIC; leave the option out");
	/* From x2APIC there is no way back but through "disabled" (SDM vol. 3A 11.12.5). */
	if (!strcmp(mode, "xapic") && on)
		fatal("apic=xapic: firmware has switched x2APIC on for good; leave the option out");
	if (on || (cpu_offers_x2apic() && strcmp(mode, "xapic")))
		chosen = &apic_x2apic;
	if (chosen == &apic_xapic)
		leave_out_long_ids();
	apic = *chosen;
	if (chosen == &apic_xapic)
		apic_xapic_map();
	else
		apic_x2apic_clusters();
}

bool apic_in_service(unsigned int vector)
{
	return apic.read(APIC_ISR + (vector / 32) * 0x10) & BIT(vector % 32);
}

/* An interrupt that firmware took without EOI blocks its priority class and all lower ones. */
static void finish_old_interrupts(void)
{
	for (int i = 0; i < 256; i++) {
		u32 any = 0;

		for (u32 r = 0; r < 8; r++)
			any |= apic.read(APIC_ISR + r * 0x10);
		if (!any)
			return;
		apic_eoi();
	}
}

void apic_init_cpu(void)
{
	apic.enable();
	apic.write(APIC_TPR, 0);
	apic.setup_logical();
	/* Enabled first: while disabled, LVT mask bits cannot be cleared (SDM vol. 3A 11.4.7.2). */
	apic.write(APIC_SVR, SVR_ENABLE | SPURIOUS_APIC_VECTOR);
	apic.write(APIC_LVTT, LVT_MASKED | LOCAL_TIMER_VECTOR);
	apic.write(APIC_LVT0, LVT_MASKED);
	apic.write(APIC_LVT1, LVT_MASKED);
	if ((apic.read(APIC_VERSION) >> 16 & 0xff) >= 4) /* else there is none */
		apic.write(APIC_LVTPC, LVT_MASKED);
	apic.write(APIC_LVTERR, ERROR_APIC_VECTOR);
	apic.write(APIC_ESR, 0);
	finish_old_interrupts();
}

const char *arch_apic_name(void)
{
	return apic.name;
}
