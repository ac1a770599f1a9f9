/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Starting the other CPUs: INIT, start-up IPI (SDM vol. 3A 9.4.4), to all at once. One
 * by one with the classic delays takes 10 ms a CPU; at once it takes 10 ms in all.
 * A CPU that has not answered by then is tried again alone, and named if that fails too.
 *
 *	boot CPU			other CPU
 *	ap_boot[], trampoline
 *	INIT, start-up (ICR write is	trampoline.S: finds its line
 *	  ordered behind these stores)	  of ap_boot[] by APIC ID
 *	waits for answered[]		answered[cpu] = 1
 *					secondary_start(): own CR4, GDT, APIC
 *	waits until all are there	arch_start_tick(): waits
 *	releases them			  timer runs
 *	waits for cpu_online_mask	sets its bit there
 *
 * The delays are for hardware: a hypervisor has no reset lines that must settle, and there the two
 * IPIs are enough without any.
 */
#include "acpi.h"
#include "apic.h"
#include "desc.h"
#include "early.h"
#include "smpboot.h"
#include "time.h"
#include <kernel/bug.h>
#include <kernel/inject.h>
#include <kernel/irqflags.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/page.h>
#include <asm/setup.h>

#define INIT_DELAY_US	 10000
#define STARTUP_DELAY_US 200

/*
 * Time limits without a further answer: for all at once, and then for one alone. A loaded host
 * may not run a virtual CPU for seconds; two tries and a report must come within ten.
 */
#define ANSWER_NS	 (2 * NSEC_PER_SEC)
#define ALONE_NS	 (5 * NSEC_PER_SEC)
#define ONLINE_NS	 (30 * NSEC_PER_SEC)

extern const char trampoline_start[], trampoline_end[]; /* trampoline.S */

struct ap_boot ap_boot[CONFIG_NR_CPUS];
static u8 answered[CONFIG_NR_CPUS]; /* each CPU sets its own, the boot CPU reads */

INJECTION(ap_silent, "ap-silent", "CPU arg never answers its start-up IPI", NULL);

/* The AP's first C function, from trampoline.S: own stack and GS, IRQs off, no IDT. */
void smpboot_ap_entry(int cpu) __noreturn;
void smpboot_ap_entry(int cpu)
{
	/* Pairs with first_silent() and try_alone(). */
	smp_store_release(&answered[cpu], 1);
	secondary_start(cpu);
}

static void start(u32 to, u32 apic_id, u8 page)
{
	bool metal = !cpu_has(X86_FEATURE_HYPERVISOR);

	apic.icr(to | ICR_ASSERT | ICR_INIT, apic_id);
	if (metal)
		udelay(INIT_DELAY_US);
	apic.icr(to | ICR_ASSERT | ICR_STARTUP | page, apic_id);
	if (metal) {
		/* The second is for CPUs that missed the first; others ignore it. */
		udelay(STARTUP_DELAY_US);
		apic.icr(to | ICR_ASSERT | ICR_STARTUP | page, apic_id);
		udelay(STARTUP_DELAY_US);
	}
}

static unsigned int first_silent(unsigned int cpu)
{
	/* Pairs with smpboot_ap_entry(). */
	while (cpu < nr_cpu_ids && smp_load_acquire(&answered[cpu]))
		cpu++;
	return cpu;
}

static unsigned int first_offline(unsigned int cpu)
{
	/* Pairs with cpumask_set_cpu() in secondary_start(), a full barrier. */
	while (cpu < nr_cpu_ids && cpumask_test_cpu(cpu, &cpu_online_mask))
		cpu++;
	return cpu;
}

/* How many CPUs wait in arch_start_tick(), plus the boot CPU: a count, not a CPU number. */
static unsigned int ticks_ready(unsigned int n)
{
	return 1 + time_tick_waiting();
}

/*
 * Until @progress, a number that only grows, reaches nr_cpu_ids or stands still for @ns.
 * Returns where it stands; for the first_...() this is the CPU that is missing.
 */
static unsigned int wait_for_all(unsigned int (*progress)(unsigned int), u64 ns)
{
	unsigned int n = progress(1), next;
	u64 since = sched_clock();

	while (n < nr_cpu_ids && sched_clock() - since < ns) {
		cpu_relax();
		next = progress(n);
		if (next != n)
			since = sched_clock();
		n = next;
	}
	return n;
}

static void try_alone(unsigned int cpu, u8 page, u64 began)
{
	u64 since = sched_clock(), ms;

	start(0, acpi_apic_id[cpu], page);
	/* Pairs with smpboot_ap_entry(). */
	while (!smp_load_acquire(&answered[cpu])) {
		if (sched_clock() - since >= ALONE_NS) {
			ms = (sched_clock() - began) / NSEC_PER_MSEC;
			fatal("CPU%u (APIC ID %#x) did not answer for %llu.%llu s; disable it in the firmware, or boot with maxcpus=%u",
			      cpu, acpi_apic_id[cpu], (unsigned long long)(ms / 1000),
			      (unsigned long long)(ms % 1000 / 100), cpu);
		}
		cpu_relax();
	}
}

static void fill_ap_boot(void)
{
	s64 silent = inject_arg("ap-silent");

	if (silent >= 0 && (silent == 0 || silent >= nr_cpu_ids))
		fatal("inject=ap-silent:%lld: there is no such other CPU, only 1 to %u",
		      (long long)silent, nr_cpu_ids - 1);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		ap_boot[cpu].apic_id = acpi_apic_id[cpu];
		if (cpu == 0 || cpu == silent)
			continue;
		ap_boot[cpu].percpu = __per_cpu_offset[cpu];
		ap_boot[cpu].stack = (u64)arch_alloc_stack() + THREAD_SIZE;
	}
}

void arch_boot_secondary_cpus(void)
{
	u64 began = sched_clock();
	phys_addr_t page;
	unsigned int cpu;

	fill_ap_boot();
	if (nr_cpu_ids == 1) {
		time_tick_release();
		return;
	}
	page = memory_trampoline_page();
	memcpy(__va(page), trampoline_start, (size_t)(trampoline_end - trampoline_start));
	answered[0] = 1;
	start(ICR_TO_OTHERS, 0, (u8)(page >> PAGE_SHIFT));
	for (cpu = wait_for_all(first_silent, ANSWER_NS); cpu < nr_cpu_ids; cpu = first_silent(cpu))
		try_alone(cpu, (u8)(page >> PAGE_SHIFT), began);
	if (wait_for_all(ticks_ready, ONLINE_NS) < nr_cpu_ids)
		fatal("%u of %u CPUs started but did not come to their timer within %llu s",
		      nr_cpu_ids - ticks_ready(0), nr_cpu_ids, ONLINE_NS / NSEC_PER_SEC);
	time_tick_release();
	cpu = wait_for_all(first_offline, ONLINE_NS);
	if (cpu < nr_cpu_ids)
		fatal("CPU%u (APIC ID %#x) started but did not come online within %llu s", cpu,
		      acpi_apic_id[cpu], ONLINE_NS / NSEC_PER_SEC);
}
