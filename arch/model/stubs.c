/* SPDX-License-Identifier: GPL-2.0 */
/* Functions of kernel/ that are called, but are not part of what is explored. */
#include "model.h"
#include "host.h"
#include "race.h"
#include <kernel/bug.h>
#include <kernel/drive.h>
#include <kernel/errno.h>
#include <kernel/event.h>
#include <kernel/lockrank.h>
#include <kernel/panic.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/cpufeature.h>
#include <asm/kmap.h>
#include <asm/page.h>

u64 rand_seed = 1;
void (*sync_point_hook)(enum sync_site site, enum sync_rw rw, const volatile void *obj);
const struct drive *drive; /* none: the search schedules coroutines at each access */

static void vfail(const char *fmt, va_list ap)
{
	if (!machine.failure) {
		int n = vsnprintf(machine.failure_text, sizeof(machine.failure_text), fmt, ap);

		MODEL_LIMIT((size_t)n >= sizeof(machine.failure_text),
			    "a verdict is longer than failure_text");
		machine.failure = machine.failure_text;
	}
}

void model_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfail(fmt, ap);
	va_end(ap);
}

const char *model_failure(void)
{
	return machine.failure ? machine.failure : race_verdict();
}

/* A panic in a schedule is its verdict and ends it. Before exploring it ends the program. */
static void __noreturn stop(const char *fmt, va_list ap)
{
	static char early[300];

	vfail(fmt, ap);
	if (!machine.exploring && !machine.going_on) {
		snprintf(early, sizeof(early), "before any schedule, in setup() or at boot: %s",
			 machine.failure);
		host_die(early);
	}
	this_mcpu()->stopped = true;
	for (;;)
		point(OP_IRQWIN);
}

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	stop(fmt, ap);
}

void fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	stop(fmt, ap);
}

bool lockdep_objects(bool ok)
{
	return !ok && !machine.failure && !model_config.no_lockdep;
}

void __lockdep_assert(bool ok, const char *what, const char *file, int line)
{
	if (lockdep_objects(ok))
		panic("lockdep: %s at %s:%d", what, file, line);
}

bool panic_in_progress(void)
{
	return machine.failure;
}

int printk(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	host_vprint(fmt, ap);
	va_end(ap);
	return 0;
}

long strscpy(char *dst, const char *src, size_t size)
{
	int n = snprintf(dst, size, "%s", src);

	return (size_t)n < size ? n : -E2BIG;
}

int parse_u64(const char *s, u64 *out)
{
	return -1; /* no command line here */
}

u64 sched_clock(void)
{
	return 0; /* no time passes in a schedule */
}

void watchdog_spin(struct watchdog_wait *w, const char *what, int cpu)
{
	cpu_relax();
}

void watchdog_tick(void)
{
}

bool watchdog_waits(void)
{
	return false;
}

u64 watchdog_ns(void)
{
	return 0;
}

void watchdog_report_self(const char *what)
{
	panic("%s", what);
}

phys_addr_t kernel_pgd_phys(void)
{
	return 0; /* no kernel mappings are modelled: physical memory is reached directly */
}

void arch_clone_kernel_pgd(u64 *pgd)
{
}

void copy_page(void *to, const void *from)
{
	race_access(from, PAGE_SIZE, 0, __builtin_return_address(0));
	race_access(to, PAGE_SIZE, RACE_WRITE, __builtin_return_address(0));
	memcpy(to, from, PAGE_SIZE);
}
