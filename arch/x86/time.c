/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TSC and APIC timer. The TSC's frequency comes from CPUID where CPUID is exact: leaf 15H
 * with a crystal frequency, or a hypervisor's timing leaf. Else it is measured, like
 * the APIC timer always, over two windows of 2.5 ms that must agree; a sample is the
 * tightest of a few, so that being descheduled by a host in the middle of one does not
 * matter.
 *
 * The tick is the APIC timer in periodic mode: TCG has no TSC deadline mode.
 */
#include "apic.h"
#include "cpu.h"
#include "msr.h"
#include "refclock.h"
#include "time.h"
#include <kernel/bug.h>
#include <kernel/config.h>
#include <kernel/cpumask.h>
#include <kernel/printk.h>
#include <kernel/time.h>
#include <asm/atomic.h>
#include <asm/insn.h>
#include <asm/setup.h>
#include <asm/smp.h>

#define LEAF_TSC	       0x15
#define LEAF_HYPERVISOR_TIMING 0x40000010 /* EAX: TSC kHz; VMware's convention, KVM's too */

#define WINDOW_US	       2500
#define MAX_WINDOW_US	       40000
#define SAMPLE_TRIES	       4
#define TCG_TICKS	       1600 /* a second, of all CPUs together */
#define MAX_READS	       4000000 /* of a clock that may have stopped: a second or more */

struct sample {
	u64 tsc;
	u32 ref, apic;
};

struct rates {
	u64 tsc_hz, apic_hz;
};

/* Written by the boot CPU in arch_time_init(), before other CPUs run. */
static u64 boot_tsc, tsc_hz, apic_hz;
static u64 ns_per_tick; /* as a fraction of 2^32 */

static u32 tsc_as_ref(void)
{
	return (u32)insn_rdtsc();
}

static void take_sample(const struct refclock *rc, struct sample *s)
{
	u64 best = ~0ULL;

	for (int i = 0; i < SAMPLE_TRIES; i++) {
		u64 before = insn_rdtsc(), after;
		u32 ref = rc->read();
		u32 count = apic.read(APIC_TMCCT);

		after = insn_rdtsc();
		if (after - before < best) {
			best = after - before;
			*s = (struct sample){before + best / 2, ref, count};
		}
	}
}

static struct rates measure(const struct refclock *rc, u32 us)
{
	u32 want = (u32)((u64)us * rc->hz / 1000000);
	u32 reads = MAX_READS;
	struct sample a, b;
	u64 ticks;

	apic.write(APIC_TMICT, 0xffffffff);
	take_sample(rc, &a);
	while (((rc->read() - a.ref) & rc->mask) < want) {
		if (!--reads)
			fatal("the %s stopped: no clock to measure the TSC with", rc->name);
		cpu_relax();
	}
	take_sample(rc, &b);
	ticks = (b.ref - a.ref) & rc->mask;
	return (struct rates){
		.tsc_hz = (b.tsc - a.tsc) * rc->hz / ticks, /* 64 bits last for seconds */
		.apic_hz = (u64)(a.apic - b.apic) * rc->hz / ticks,
	};
}

/* Within 1/512: a timer tick 0.2 % off does not hurt, a wrapped PIT is off by far more. */
static bool agree(u64 a, u64 b)
{
	u64 diff = a > b ? a - b : b - a;

	return diff <= b / 512;
}

static struct rates calibrate(const struct refclock *rc)
{
	struct rates last = measure(rc, WINDOW_US), r = last;

	for (u32 us = WINDOW_US; us <= MAX_WINDOW_US; us *= 2) {
		r = measure(rc, us);
		if (agree(r.tsc_hz, last.tsc_hz) && agree(r.apic_hz, last.apic_hz))
			return r;
		last = r;
	}
	printk("# time: the TSC does not run evenly against the %s, times are rough\n", rc->name);
	return r;
}

static u64 tsc_hz_from_cpuid(void)
{
	struct cpuid c = cpuid_or_zero(LEAF_TSC, 0);

	if (cpu_hypervisor_is("KVMKVMKVM") || cpu_hypervisor_is("VMwareVMware"))
		return (u64)cpuid_or_zero(LEAF_HYPERVISOR_TIMING, 0).eax * 1000;
	if (c.eax && c.ebx && c.ecx)
		return (u64)c.ecx * c.ebx / c.eax;
	return 0;
}

void time_boot(void)
{
	boot_tsc = insn_rdtsc();
}

void arch_time_init(void)
{
	struct refclock tsc = {"TSC", 0, 0xffffffff, tsc_as_ref};
	const struct refclock *rc = &tsc;
	struct rates r;

	apic.write(APIC_TDCR, TDCR_DIV_1);
	tsc_hz = tsc_hz_from_cpuid();
	if (tsc_hz && tsc_hz <= 0xffffffff)
		tsc.hz = (u32)tsc_hz;
	else
		rc = refclock_find();
	if (!rc)
		fatal("no clock to measure the TSC with: no ACPI PM timer, no PIT; enable one in the firmware");
	r = calibrate(rc);
	apic.write(APIC_TMICT, 0);
	if (!tsc_hz)
		tsc_hz = r.tsc_hz;
	apic_hz = r.apic_hz;
	if (tsc_hz < 1000000 || apic_hz < 1000 * CONFIG_HZ)
		fatal("unbelievable clocks: TSC %llu Hz, APIC timer %llu Hz measured with the %s",
		      (unsigned long long)tsc_hz, (unsigned long long)apic_hz, rc->name);
	ns_per_tick = (NSEC_PER_SEC << 32) / tsc_hz;
}

u64 arch_tsc_to_ns(u64 ticks)
{
	return (u64)((unsigned __int128)ticks * ns_per_tick >> 32);
}

u64 sched_clock(void)
{
	return arch_tsc_to_ns(insn_rdtsc() - boot_tsc);
}

void udelay(u32 us)
{
	u64 until = insn_rdtsc() + us * tsc_hz / 1000000;

	while ((s64)(until - insn_rdtsc()) > 0)
		cpu_relax();
}

/*
 * One TCG thread serves the ticks of all CPUs; the work per tick grows with their number.
 * At 255 CPUs and 100 Hz they are all it does; and after a flush each tick finds its pages
 * missing from the TLB.
 */
static u32 tick_hz(void)
{
	if (!cpu_hypervisor_is("TCGTCGTCGTCG"))
		return CONFIG_HZ;
	return min(CONFIG_HZ, max(TCG_TICKS / (int)nr_cpu_ids, 1));
}

/*
 * All CPUs start their timers at one moment, and so tick at the same time ever after. A
 * virtual machine then wakes up for all ticks of a period at once: under TCG with 64 CPUs
 * scattered ticks take 40 % of the machine, these next to nothing.
 */
static atomic_t tick_waiting; /* CPUs that came to arch_start_tick() */
static bool tick_go;

unsigned int time_tick_waiting(void)
{
	return (unsigned int)atomic_read(&tick_waiting);
}

void time_tick_release(void)
{
	WRITE_ONCE(tick_go, true);
}

void arch_start_tick(void)
{
	u32 count = (u32)(apic_hz / tick_hz());

	apic.write(APIC_TDCR, TDCR_DIV_1);
	apic.write(APIC_LVTT, LVT_PERIODIC | LOCAL_TIMER_VECTOR);
	atomic_inc(&tick_waiting);
	while (!READ_ONCE(tick_go))
		cpu_relax();
	apic.write(APIC_TMICT, count);
}
