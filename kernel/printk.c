/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The console: one line, one turn. The lock is a bare word and not a spinlock_t, so
 * that the lock checker can report through it, and so that it may be overrun: text
 * from a machine that is going down matters more than whole lines.
 */
#include <kernel/irqflags.h>
#include <kernel/panic.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>
#include <asm/setup.h>

/* A longer line is cut; THREAD_SIZE must hold it twice (an NMI while printing). */
#define PRINTK_LINE 1024

#define NO_OWNER    0
static int console_owner; /* CPU + 1 that is printing, any CPU by cmpxchg */

/* In NMI or panic: the time to wait for a CPU that prints, which may have been stopped there. */
#define WAIT_URGENT (300 * NSEC_PER_MSEC)

/* Returns whether the lock was taken; false means print all the same. */
static bool console_lock(int me)
{
	struct watchdog_wait w = {0};
	u64 since = 0;

	/* An NMI, or a fault, in the middle of our own line. */
	if (READ_ONCE(console_owner) == me + 1)
		return false;
	/* Pairs with the release in console_unlock(). */
	while (cmpxchg(&console_owner, NO_OWNER, me + 1) != NO_OWNER) {
		u64 now;

		if (!in_nmi() && !panic_in_progress()) {
			watchdog_spin(&w, "console", READ_ONCE(console_owner) - 1);
			continue;
		}
		cpu_relax();
		now = sched_clock();
		if (!since)
			since = now;
		else if (now - since > WAIT_URGENT) {
			/*
			 * Its owner was stopped for good. Take it from the CPU that it
			 * is, so that this wait happens once and not at each line.
			 */
			WRITE_ONCE(console_owner, me + 1);
			return true;
		}
	}
	return true;
}

static void console_unlock(int me)
{
	/* Unless it was taken from us. Pairs with the cmpxchg() in console_lock(). */
	cmpxchg(&console_owner, me + 1, NO_OWNER);
}

int vprintk(const char *fmt, va_list ap)
{
	char line[PRINTK_LINE];
	unsigned long flags;
	bool locked;
	int n, me;

	n = vsnprintf(line, sizeof(line), fmt, ap);
	if (n >= PRINTK_LINE) {
		line[PRINTK_LINE - 2] = '\n';
		n = PRINTK_LINE - 1;
	}

	local_irq_save(flags);
	me = raw_smp_processor_id();
	locked = console_lock(me);
	for (int i = 0; i < n; i++) {
		if (line[i] == '\n')
			console_putc('\r');
		console_putc(line[i]);
	}
	if (locked)
		console_unlock(me);
	local_irq_restore(flags);
	return n;
}

int printk(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintk(fmt, ap);
	va_end(ap);
	return n;
}
