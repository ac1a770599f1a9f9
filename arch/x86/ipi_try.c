/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ways to address IPIs arrive. Logical destinations depend on what firmware, the chipset or
 * a hypervisor makes of IDs with gaps, of threads and of CPUs that were added later: QEMU's xAPIC
 * up to 7.2 ends its search at the first ID that is not there. So each way is tried before it is
 * used, from two CPUs, so that CPU 0 is reached as well:
 *
 *	physical	or die
 *	shorthand	or a mask, also for "all but self"
 *	logical		or physical
 *	NMI, logical	or physical, or die
 */
#include "acpi.h"
#include "apic.h"
#include "traps.h"
#include <kernel/bug.h>
#include <kernel/inject.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/insn.h>
#include <asm/smp.h>

/*
 * The time in which no further CPU is reached, after which a way counts as not arriving. A loaded
 * host may not run a virtual CPU for a second. The time is longer where no other way is left.
 */
#define WAIT_NS	     (2 * NSEC_PER_SEC)
#define LAST_WAIT_NS (5 * NSEC_PER_SEC)

/*
 * One way. A vector each, so that an interrupt which comes late counts for the way that sent it;
 * NMIs have one for all.
 */
struct way {
	const char *what;
	ipi_send_t send;
	unsigned int vector;
	u32 low; /* of the ICR */
};

/* A CPU that is not reached, and from where; or @to is nr_cpu_ids. */
struct missed {
	unsigned int from, to;
};

/* Injected faults: what is lost on its way to the CPU that is the argument. */
INJECTION(ipi_physical, "ipi-physical", "interrupts to physical destinations do not reach CPU N",
	  NULL);
INJECTION(ipi_shorthand, "ipi-shorthand", "interrupts to all but self do not reach CPU N", NULL);
INJECTION(ipi_logical, "ipi-logical", "interrupts to logical destinations do not reach CPU N",
	  NULL);
INJECTION(ipi_nmi_logical, "ipi-nmi-logical", "NMIs to logical destinations do not reach CPU N",
	  NULL);
INJECTION(ipi_nmi, "ipi-nmi", "NMIs to physical destinations do not reach CPU N", NULL);
INJECTION(ipi_trust, "ipi-trust", "all ways to address IPIs are used without being tried", NULL);

static void (*real_icr)(u32 low, u32 dest);

static void others_of(unsigned int me, struct cpumask *mask)
{
	cpumask_copy(mask, &cpu_online_mask);
	__cpumask_clear_cpu(me, mask);
}

/* In place of the ICR write, below all ways to send: models a path that loses interrupts. */
static void lossy_icr(u32 low, u32 dest)
{
	bool nmi = low & ICR_NMI;
	s64 lost = inject_arg(nmi ? "ipi-nmi" : "ipi-physical");
	struct cpumask left;
	unsigned int cpu;

	if ((low & ICR_TO_OTHERS) == ICR_TO_OTHERS) {
		others_of((unsigned int)raw_smp_processor_id(), &left);
		lost = inject_arg("ipi-shorthand");
		for_each_cpu (cpu, &left)
			if (cpu != lost)
				real_icr(low & ~ICR_TO_OTHERS, acpi_apic_id[cpu]);
		return;
	}
	if (low & ICR_LOGICAL) {
		lost = inject_arg(nmi ? "ipi-nmi-logical" : "ipi-logical");
		if (lost >= 0 && (apic.logical_id((unsigned int)lost) ^ dest) >> 16 == 0)
			dest &= ~(apic.logical_id((unsigned int)lost) & 0xffff);
		if (dest & 0xffff)
			real_icr(low, dest);
	} else if (lost < 0 || dest != acpi_apic_id[lost]) {
		real_icr(low, dest);
	}
}

static void inject_losses(void)
{
	static const char *const names[] = {"ipi-physical", "ipi-shorthand", "ipi-logical",
					    "ipi-nmi-logical", "ipi-nmi"};
	s64 lost;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		lost = inject_arg(names[i]);
		if (lost >= nr_cpu_ids)
			fatal("inject=%s:%lld is refused: CPUs are 0 to %u", names[i],
			      (long long)lost, nr_cpu_ids - 1);
		if (lost >= 0 && apic.icr != lossy_icr) {
			real_icr = apic.icr;
			apic.icr = lossy_icr;
		}
	}
}

/* On the sender, interrupts off. */
static void send_to_others(void *info)
{
	const struct way *way = info;
	struct cpumask others;

	others_of((unsigned int)raw_smp_processor_id(), &others);
	way->send(&others, ICR_ASSERT | way->low);
}

/* The first CPU that was not reached, @me excepted. */
static unsigned int first_unreached(unsigned int me, unsigned int vector, const u64 *before)
{
	unsigned int cpu;

	for_each_online_cpu (cpu)
		if (cpu != me && irq_count(cpu, vector) == before[cpu])
			return cpu;
	return nr_cpu_ids;
}

static unsigned int unreached_from(unsigned int me, struct way *way)
{
	static u64 before[CONFIG_NR_CPUS];
	u64 since, ns = way->send == ipi_send_physical ? LAST_WAIT_NS : WAIT_NS;
	unsigned int cpu, last = nr_cpu_ids;

	for_each_online_cpu (cpu)
		before[cpu] = irq_count(cpu, way->vector);
	smp_call_function_single((int)me, send_to_others, way, true);
	since = sched_clock();
	while ((cpu = first_unreached(me, way->vector, before)) < nr_cpu_ids &&
	       sched_clock() - since < ns) {
		if (cpu != last)
			since = sched_clock();
		last = cpu;
		cpu_relax();
	}
	return cpu;
}

static bool arrives(struct way *way, struct missed *missed)
{
	for (missed->from = 0; missed->from < 2; missed->from++) {
		missed->to = unreached_from(missed->from, way);
		if (missed->to < nr_cpu_ids)
			return false;
	}
	return true;
}

static bool arrives_or_say(struct way *way, const char *instead)
{
	struct missed missed;

	if (arrives(way, &missed))
		return true;
	printk("# IPIs: %s do not reach CPU%u (APIC ID %#x) from CPU%u: %s used\n", way->what,
	       missed.to, acpi_apic_id[missed.to], missed.from, instead);
	return false;
}

static void arrives_or_die(struct way *way)
{
	struct missed missed;

	if (!arrives(way, &missed))
		fatal("CPU%u (APIC ID %#x) is up, but %s from CPU%u do not reach it; disable it in the firmware, or boot with maxcpus=%u",
		      missed.to, acpi_apic_id[missed.to], way->what, missed.from,
		      max(missed.to, missed.from));
}

void arch_try_ipis(void)
{
	char logical[40], logical_nmi[40];
	struct way ways[NR_IPI_TRY_VECTORS] = {
		{"interrupts to physical destinations", ipi_send_physical, IPI_TRY_VECTOR, 0},
		{"interrupts to all but self", ipi_send_shorthand, IPI_TRY_VECTOR + 1, 0},
		{logical, apic.send_logical, IPI_TRY_VECTOR + 2, 0},
	};
	struct way nmi_physical = {"NMIs", ipi_send_physical, TRAP_NMI, ICR_NMI};
	struct way nmi_logical = {logical_nmi, apic.send_logical, TRAP_NMI, ICR_NMI};
	ipi_send_t fixed = ipi_send_physical, nmi = ipi_send_physical;
	bool shorthand;

	if (num_online_cpus() < 2)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++)
		ways[i].low = ways[i].vector;
	snprintf(logical, sizeof(logical), "%s interrupts", apic.logical);
	snprintf(logical_nmi, sizeof(logical_nmi), "%s NMIs", apic.logical);
	inject_losses();
	if (inject_arg("ipi-trust") >= 0) {
		fixed = apic.has_logical() ? apic.send_logical : fixed;
		ipi_use(fixed, fixed, true);
		return;
	}
	arrives_or_die(&ways[0]);
	shorthand = arrives_or_say(&ways[1], "masks are");
	if (apic.has_logical() && arrives_or_say(&ways[2], "physical destinations are"))
		fixed = apic.send_logical;
	if (fixed == apic.send_logical && arrives_or_say(&nmi_logical, "physical ones are"))
		nmi = apic.send_logical;
	else
		arrives_or_die(&nmi_physical);
	ipi_use(fixed, nmi, shorthand);
}
