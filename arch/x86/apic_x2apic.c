/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x2APIC: registers in MSRs, 32-bit IDs, and logical destinations that hardware derives
 * from the ID: 16 CPUs a cluster, one bit each (SDM vol. 3A 11.12).
 */
#include "acpi.h"
#include "apic.h"
#include "msr.h"
#include <kernel/bug.h>
#include <kernel/memblock.h>
#include <kernel/smp.h>
#include <asm/barrier.h>

/* SDM vol. 3A 11.12.10.2: the logical ID of an x2APIC ID. */
#define CLUSTER(id)	((id) >> 4)
#define LOGICAL_BIT(id) (1U << ((id)&15))

struct cluster {
	u32 id;
	struct cpumask cpus;
};

static struct cluster *clusters; /* those that have CPUs; fixed before the first AP starts */
static unsigned int nr_clusters;

static struct cluster *cluster_of(u32 apic_id)
{
	struct cluster *c;

	for (c = clusters; c < clusters + nr_clusters; c++)
		if (c->id == CLUSTER(apic_id))
			return c;
	c = &clusters[nr_clusters++];
	c->id = CLUSTER(apic_id);
	return c;
}

void apic_x2apic_clusters(void)
{
	nr_clusters = 0;
	clusters = memblock_alloc_or_die(nr_cpu_ids * sizeof(*clusters), 64, "x2APIC clusters");
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		__cpumask_set_cpu(cpu, &cluster_of(acpi_apic_id[cpu])->cpus);
}

static u32 x2apic_read(u32 reg)
{
	return (u32)rdmsr(MSR_X2APIC(reg));
}

static void __hot x2apic_write(u32 reg, u32 v)
{
	wrmsr(MSR_X2APIC(reg), v);
}

/* Disabled to x2APIC directly is not a legal step: by way of xAPIC (SDM vol. 3A 11.12.5). */
static void x2apic_enable(void)
{
	u64 base = rdmsr(MSR_APIC_BASE);

	if (base & APIC_BASE_X2)
		return;
	if (!(base & APIC_BASE_EN))
		wrmsr(MSR_APIC_BASE, base | APIC_BASE_EN);
	wrmsr(MSR_APIC_BASE, base | APIC_BASE_EN | APIC_BASE_X2);
	if (!(rdmsr(MSR_APIC_BASE) & APIC_BASE_X2))
		fatal("CPUID offers x2APIC but it cannot be switched on; use apic=xapic");
}

/*
 * WRMSR to an x2APIC register is not serialising and may pass earlier stores: the
 * fence keeps them in front of the interrupt (SDM vol. 3A 11.12.3). One 64-bit write,
 * nothing to wait for, nothing to tear.
 */
static void x2apic_icr(u32 low, u32 dest)
{
	weak_wrmsr_fence();
	wrmsr(MSR_X2APIC(APIC_ICR), (u64)dest << 32 | low);
}

/* LDR is read-only here and the DFR does not exist. */
static void x2apic_setup_logical(void)
{
}

static void x2apic_send_cluster(const struct cluster *c, const struct cpumask *mask, u32 low)
{
	u32 bits = 0;

	for (unsigned int w = 0; w < CPUMASK_WORDS; w++) {
		unsigned long both = READ_ONCE(mask->bits[w]) & c->cpus.bits[w];

		for (; both; both &= both - 1)
			bits |= LOGICAL_BIT(acpi_apic_id[w * BITS_PER_LONG +
							 (unsigned int)__builtin_ctzl(both)]);
	}
	if (bits)
		apic.icr(low | ICR_LOGICAL, c->id << 16 | bits);
}

/* Hardware derives them for every CPU. */
static bool x2apic_has_logical(void)
{
	return true;
}

static u32 x2apic_logical_id(unsigned int cpu)
{
	return CLUSTER(acpi_apic_id[cpu]) << 16 | LOGICAL_BIT(acpi_apic_id[cpu]);
}

static void x2apic_send_logical(const struct cpumask *mask, u32 low)
{
	for (unsigned int i = 0; i < nr_clusters; i++)
		x2apic_send_cluster(&clusters[i], mask, low);
}

const struct apic_ops apic_x2apic = {
	.name = "x2APIC",
	.enable = x2apic_enable,
	.read = x2apic_read,
	.write = x2apic_write,
	.icr = x2apic_icr,
	.setup_logical = x2apic_setup_logical,
	.logical = "cluster",
	.has_logical = x2apic_has_logical,
	.logical_id = x2apic_logical_id,
	.send_logical = x2apic_send_logical,
};
