/* SPDX-License-Identifier: GPL-2.0 */
/* inject=: which deliberate faults were asked for, and the two that no other file causes. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/inject.h>
#include <kernel/irqflags.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/page.h>

#define MAX_INJECTIONS 8

/* Written by parse_params() on the boot CPU, constant afterwards. */
static struct {
	const struct injection *what;
	u64 arg;
} asked[MAX_INJECTIONS];
static unsigned int nr_asked;

static const struct injection *injection_find(const char *name)
{
	linkset_for_each (injection, i)
		if (!strcmp(i->name, name))
			return i;
	return NULL;
}

s64 inject_arg(const char *name)
{
	for (unsigned int i = 0; i < nr_asked; i++)
		if (!strcmp(asked[i].what->name, name))
			return (s64)asked[i].arg;
	return -1;
}

void inject_start(void)
{
	for (unsigned int i = 0; i < nr_asked; i++) {
		printk("# injecting a fault: %s:%llu (%s)\n", asked[i].what->name,
		       (unsigned long long)asked[i].arg, asked[i].what->help);
		if (asked[i].what->start)
			asked[i].what->start(asked[i].arg);
	}
}

static void __noreturn unknown_injection(const char *name)
{
	char list[780]; /* die() has room for more */
	int n = 0;

	list[0] = '\0';
	linkset_for_each (injection, i)
		if (n < (int)sizeof(list))
			n += scnprintf(list + n, sizeof(list) - (size_t)n, "; %s:N %s", i->name,
				       i->help);
	die("inject=%.40s is refused: no such fault%s", name, list);
}

static int inject_one(char *item)
{
	char *arg = strchr(item, ':');
	const struct injection *what;
	u64 v = 0;

	if (arg)
		*arg++ = '\0';
	what = injection_find(item);
	if (!what)
		unknown_injection(item);
	if (arg && (kstrtou64(arg, &v) || v > INT32_MAX))
		return -EINVAL;
	if (nr_asked == MAX_INJECTIONS || inject_arg(item) >= 0)
		return -EINVAL;
	asked[nr_asked].what = what;
	asked[nr_asked++].arg = v;
	return 0;
}

static int set_inject(const char *value)
{
	char buf[256], *s = buf;

	if (strscpy(buf, value, sizeof(buf)) < 0)
		return -EINVAL;
	while (s) {
		char *comma = strchr(s, ',');

		if (comma)
			*comma++ = '\0';
		if (inject_one(s))
			return -EINVAL;
		s = comma;
	}
	return 0;
}
PARAM(inject,
      "name:N[,name:N], deliberate faults, each once, N a number up to 2^31-1 (default none)",
      set_inject);

/* Late enough for the job to be under way, early enough for a short job. */
#define FAULT_DELAY NSEC_PER_SEC

static void sleep_until(u64 when)
{
	while (sched_clock() < when)
		schedule_timeout_ns(when - sched_clock() + 1);
}

static int __noreturn hang_thread(void *unused)
{
	sleep_until(sched_clock() + FAULT_DELAY);
	local_irq_disable();
	/* No cpu_relax(): the point is a CPU that gives nothing away, not even its turn. */
	for (;;)
		barrier();
}

/* A page table that maps nothing: the next fetch faults, and so does delivering that. */
static char empty_pgd[PAGE_SIZE] __aligned(PAGE_SIZE);

static int __noreturn triplefault_thread(void *unused)
{
	sleep_until(sched_clock() + FAULT_DELAY);
	local_irq_disable();
	/* Clearing PGE drops global entries too (SDM vol. 3A 4.10.4.1). */
	insn_write_cr4(insn_read_cr4() & ~X86_CR4_PGE);
	insn_write_cr3(__pa(empty_pgd));
	panic("triplefault: survived an empty page table");
}

static void start_thread(int (*fn)(void *), u64 cpu, const char *name)
{
	struct task_struct *t;

	if (cpu >= nr_cpu_ids)
		die("inject=%s:%llu is refused: CPUs are 0 to %u", name, (unsigned long long)cpu,
		    nr_cpu_ids - 1);
	t = kthread_create_on_cpu(fn, NULL, (int)cpu, name);
	BUG_ON(!t);
	wake_up_process(t);
}

static void start_hang(u64 cpu)
{
	start_thread(hang_thread, cpu, "hang");
}
INJECTION(hang, "hang", "CPU N hangs with interrupts off after 1 s", start_hang);

static void start_triplefault(u64 cpu)
{
	start_thread(triplefault_thread, cpu, "triplefault");
}
INJECTION(triplefault, "triplefault", "CPU N triple-faults after 1 s", start_triplefault);
