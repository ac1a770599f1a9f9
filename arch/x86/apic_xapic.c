/* SPDX-License-Identifier: GPL-2.0 */
/* xAPIC: registers in one uncached page (SDM vol. 3A 11.4). */
#include "apic.h"
#include "early.h"
#include "msr.h"
#include <kernel/bug.h>
#include <kernel/irqflags.h>
#include <kernel/smp.h>
#include <asm/barrier.h>

#define APIC_BASE_ADDR 0x000ffffffffff000UL
#define DFR_FLAT       0xffffffff
#define FLAT_CPUS      8 /* bits of a flat logical destination */

/* Hardware is idle within a microsecond; a hypervisor may take longer. */
#define IDLE_SPINS     10000000

static volatile u32 *regs __read_mostly;

void apic_xapic_map(void)
{
	regs = kmap_mmio(rdmsr(MSR_APIC_BASE) & APIC_BASE_ADDR, 4096);
}

static u32 xapic_read(u32 reg)
{
	return regs[reg / 4];
}

static void __hot xapic_write(u32 reg, u32 v)
{
	regs[reg / 4] = v;
}

static void xapic_enable(void)
{
	u64 base = rdmsr(MSR_APIC_BASE);

	if (!(base & APIC_BASE_EN))
		wrmsr(MSR_APIC_BASE, base | APIC_BASE_EN);
}

/*
 * Where two ICR writes would overtake each other, the second is lost: wait for the first
 * to leave (SDM vol. 3A 11.6.1). IRQs off, because a handler that sends in between the two
 * halves would redirect ours. An uncached store is ordered behind all earlier stores.
 */
static void xapic_icr(u32 low, u32 dest)
{
	unsigned long flags;
	u32 spins = IDLE_SPINS;

	local_irq_save(flags);
	while (xapic_read(APIC_ICR) & ICR_PENDING) {
		if (!--spins)
			panic("local APIC of CPU%d does not send: ICR %#x stays pending",
			      raw_smp_processor_id(), xapic_read(APIC_ICR));
		cpu_relax();
	}
	if (!(low & ICR_TO_OTHERS))
		xapic_write(APIC_ICR2, dest << 24);
	xapic_write(APIC_ICR, low);
	local_irq_restore(flags);
}

/* Flat logical mode is used while every CPU has a bit of its own in it. */
static bool flat(void)
{
	return nr_cpu_ids <= FLAT_CPUS;
}

static void xapic_setup_logical(void)
{
	xapic_write(APIC_DFR, DFR_FLAT);
	xapic_write(APIC_LDR, flat() ? 1U << (24 + raw_smp_processor_id()) : 0);
}

static u32 xapic_logical_id(unsigned int cpu)
{
	return 1U << cpu;
}

static void xapic_send_logical(const struct cpumask *mask, u32 low)
{
	apic.icr(low | ICR_LOGICAL, (u32)mask->bits[0] & ((1U << nr_cpu_ids) - 1));
}

const struct apic_ops apic_xapic = {
	.name = "xAPIC",
	.enable = xapic_enable,
	.read = xapic_read,
	.write = xapic_write,
	.icr = xapic_icr,
	.setup_logical = xapic_setup_logical,
	.logical = "flat logical",
	.has_logical = flat,
	.logical_id = xapic_logical_id,
	.send_logical = xapic_send_logical,
};
