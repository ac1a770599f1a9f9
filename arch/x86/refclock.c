/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clocks of known frequency. The ACPI PM timer comes first, because it wraps after
 * seconds: however late a host lets us read it, the difference is right. Channel 2 of the
 * 8254 wraps after 55 ms, and newer chipsets switch it off.
 */
#include "acpi.h"
#include "io.h"
#include "refclock.h"
#include <kernel/compiler.h>
#include <asm/insn.h>

#define PIT_COUNTER2 0x42
#define PIT_MODE     0x43
#define PIT_GATE     0x61 /* bit 0: gate of channel 2, bit 1: speaker */

#define PROBE_READS  1000 /* each takes some 0.3 us or more, a tick of either clock 0.8 us at most */

static u32 pm_timer_read(void)
{
	return inl(acpi_pm_timer_port);
}

/* ACPI 6.5 4.8.3.3. */
static struct refclock pm_timer = {"ACPI PM timer", 3579545, 0xffffff, pm_timer_read};

/* Latched, then low byte, then high byte; it counts down (Intel 8254 data sheet). */
static u32 pit_read(void)
{
	u32 v;

	outb(PIT_MODE, 0x80);
	v = inb(PIT_COUNTER2);
	v |= (u32)inb(PIT_COUNTER2) << 8;
	return 0xffff - v;
}

static const struct refclock pit = {"PIT", 1193182, 0xffff, pit_read};

static void pit_start(void)
{
	outb(PIT_GATE, (inb(PIT_GATE) & ~2) | 1);
	outb(PIT_MODE, 0xb4); /* channel 2, both bytes, rate generator */
	outb(PIT_COUNTER2, 0);
	outb(PIT_COUNTER2, 0); /* 0 stands for 65536 */
}

static bool moves(const struct refclock *rc)
{
	u32 first = rc->read() & rc->mask;

	for (int i = 0; i < PROBE_READS; i++) {
		if ((rc->read() & rc->mask) != first)
			return true;
		cpu_relax();
	}
	return false;
}

const struct refclock *refclock_find(void)
{
	if (acpi_pm_timer_port) {
		pm_timer.mask = acpi_pm_timer_32 ? 0xffffffff : 0xffffff;
		if (moves(&pm_timer))
			return &pm_timer;
	}
	pit_start();
	return moves(&pit) ? &pit : NULL;
}
