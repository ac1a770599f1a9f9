/* SPDX-License-Identifier: GPL-2.0 */
/* inject=: the deliberate faults that were asked for, and those that no other file causes. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/inject.h>
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/param.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/page.h>
#include <asm/smp.h>

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
	char list[780]; /* fatal() has room for more */
	int n = 0;

	list[0] = '\0';
	linkset_for_each (injection, i)
		if (n < (int)sizeof(list))
			n += scnprintf(list + n, sizeof(list) - (size_t)n, "; %s:N %s", i->name,
				       i->help);
	fatal("inject=%.40s is refused: no such fault%s", name, list);
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
	if (arg && (parse_u64(arg, &v) || v > INT32_MAX))
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
	/* No cpu_relax(): this CPU must not even give up its turn on the emulator. */
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

/* Something that happens to @cpu, done by @fn on CPU @on. */
static void start_thread(int (*fn)(void *), u64 cpu, u64 on, const char *name)
{
	struct task_struct *t;

	if (cpu >= nr_cpu_ids)
		fatal("inject=%s:%llu is refused: CPUs are 0 to %u", name, (unsigned long long)cpu,
		      nr_cpu_ids - 1);
	t = kthread_create_bound(fn, (void *)cpu, (int)on, name);
	BUG_ON(!t);
	wake_up_process(t);
}

static void start_hang(u64 cpu)
{
	start_thread(hang_thread, cpu, cpu, "hang");
}
INJECTION(hang, "hang", "CPU N hangs with interrupts off after 1 s", start_hang);

static int __noreturn spin_thread(void *unused)
{
	sleep_until(sched_clock() + FAULT_DELAY);
	preempt_disable();
	for (;;)
		cpu_relax();
}

static void start_spin(u64 cpu)
{
	start_thread(spin_thread, cpu, cpu, "spin");
}
INJECTION(spin, "spin", "CPU N takes interrupts and never schedules, after 1 s", start_spin);

/* No tick, no NMI, no work: as a virtual CPU that its host has taken off its CPU, or that died. */
#define AWAY_NS (6 * NSEC_PER_SEC)

static struct {
	int cpu; /* + 1; 0: none yet */
	u64 until;
} away;

/* NMIs are blocked in here, as interrupts are. */
static void away_nmi(struct pt_regs *regs, bool irqs_on)
{
	while (READ_ONCE(away.cpu) == raw_smp_processor_id() + 1 && sched_clock() < away.until)
		cpu_relax();
}
NMI_HANDLER(away_nmi);

/* On another CPU: none sends NMIs to itself. */
static int send_away_thread(void *cpu)
{
	struct cpumask one = {0};

	sleep_until(sched_clock() + FAULT_DELAY);
	preempt_disable();
	__cpumask_set_cpu((unsigned int)(unsigned long)cpu, &one);
	WRITE_ONCE(away.cpu, (int)(unsigned long)cpu + 1);
	arch_send_nmi_mask(&one);
	preempt_enable();
	return 0;
}

static void send_away(u64 cpu, u64 until, const char *name)
{
	if (nr_cpu_ids == 1)
		fatal("inject=%s:%llu is refused: it takes another CPU to send it away", name,
		      (unsigned long long)cpu);
	away.until = until;
	start_thread(send_away_thread, cpu, cpu ? 0 : 1, name);
}

static void start_away(u64 cpu)
{
	send_away(cpu, sched_clock() + FAULT_DELAY + AWAY_NS, "away");
}
INJECTION(away, "away", "CPU N does nothing for 6 s, after 1 s, as if its host had taken it off",
	  start_away);

static void start_dead(u64 cpu)
{
	send_away(cpu, ~0ULL, "dead");
}
INJECTION(dead, "dead", "CPU N does nothing any more, after 1 s, and takes no NMI", start_dead);

static void start_triplefault(u64 cpu)
{
	start_thread(triplefault_thread, cpu, cpu, "triplefault");
}
INJECTION(triplefault, "triplefault", "CPU N triple-faults after 1 s", start_triplefault);
