/* SPDX-License-Identifier: GPL-2.0 */
/* Threads of a scenario: one that sets up, one actor on each CPU that has one. */
#include <kernel/bug.h>
#include <kernel/event.h>
#include <kernel/sched.h>
#include <kernel/string.h>
#include <asm/tlbflush.h>
#include <mm/busted.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <mm/tlb.h>
#include <model/machine.h>
#include <tests/oracle.h>
#include <tests/scenario.h>
#include <tests/scenario_run.h>

static const struct scenario *scenario;
static struct task_struct *actors[SCENARIO_CPUS];
static struct mm_struct *actor_mm[SCENARIO_CPUS], *idle_mm[SCENARIO_CPUS];
static bool ending; /* no CPU runs: there is none to stop */
static bool set_up, done[SCENARIO_CPUS];

unsigned int scenario_cpus(const struct scenario *s)
{
	unsigned int n = s->cpus;

	for (unsigned int cpu = 0; cpu < SCENARIO_CPUS; cpu++)
		if (s->actor[cpu] && cpu >= n)
			n = cpu + 1;
	return n;
}

void scenario_run_in(unsigned int cpu, struct mm_struct *mm)
{
	actor_mm[cpu] = mm;
}

void scenario_idle_in(unsigned int cpu, struct mm_struct *mm)
{
	idle_mm[cpu] = mm;
}

struct task_struct *scenario_task(unsigned int cpu)
{
	return actors[cpu];
}

void __scenario_check(bool ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	if (!ending)
		panic("scenario: %s is false at %s:%d", what, file, line);
	model_fail("scenario: %s is false at %s:%d", what, file, line);
}

static void sleep_for_ever(void)
{
	for (;;) {
		set_current_state(TASK_SLEEPING);
		schedule();
	}
}

static int actor_thread(void *arg)
{
	unsigned long cpu = (unsigned long)arg;

	yield(); /* RCU's thread sleeps before it is needed, as it would long after boot */
	if (actor_mm[cpu])
		kthread_use_mm(actor_mm[cpu]);
	if (scenario->warm)
		scenario->warm((unsigned int)cpu);
	model_gate();
	observe(OP_BEGIN, 0, 0, scenario->actor[cpu]);
	scenario->actor[cpu]();
	observe(OP_END, 0, 0, scenario->actor[cpu]);
	done[cpu] = true;
	sleep_for_ever();
	return 0;
}

/* Leaves its CPU with the mm loaded and no thread to run. */
static int sleeper_thread(void *arg)
{
	kthread_use_mm(idle_mm[(unsigned long)arg]);
	sleep_for_ever();
	return 0;
}

static struct task_struct *start(int (*fn)(void *), unsigned long cpu, const char *name)
{
	struct task_struct *t = kthread_create_bound(fn, (void *)cpu, (int)cpu, name);

	BUG_ON(!t);
	wake_up_process(t);
	return t;
}

static int setup_thread(void *unused)
{
	if (scenario->setup)
		scenario->setup();
	scenario_account_begin();
	set_up = true;
	/* CPU 0 last: its thread runs as soon as it is woken, and waits at the gate for good. */
	for (unsigned long cpu = SCENARIO_CPUS; cpu-- > 0;)
		if (scenario->actor[cpu])
			actors[cpu] = start(actor_thread, cpu, "actor");
		else if (idle_mm[cpu])
			start(sleeper_thread, cpu, "sleeper");
	sleep_for_ever();
	return 0;
}

void scenario_start(void)
{
	start(setup_thread, 0, "setup");
}

bool scenario_ready(void)
{
	return set_up;
}

void scenario_select(const struct scenario *s)
{
	scenario = s;
}

bool scenario_finished(void)
{
	for (unsigned int cpu = 0; cpu < SCENARIO_CPUS; cpu++)
		if (scenario->actor[cpu] && !done[cpu])
			return false;
	return true;
}

void scenario_end(void)
{
	ending = true;
	if (scenario->end)
		model_look(scenario->end);
	model_look(scenario_account);
	ending = false;
}

const char *scenario_only_oracle, *scenario_also_busted;

static bool plant(const char *name)
{
	linkset_for_each (busted, b)
		if (name && !strcmp(b->name, name))
			return *b->on = true;
	return !name;
}

int scenario_choose(const struct scenario_case *c)
{
	if (flush_backend_select(c->flush ? c->flush : "ipi") ||
	    pt_sync_policy_select(c->policy ? c->policy : "broadcast"))
		return -1;
	tlb_unshare_wakes_lazy = c->wake_lazy;
	mm_cpumask_eager = c->eager_mask;
	mm_cpumask_trim = c->trim;
	scenario_only_oracle = c->judge;
	return plant(c->busted) && plant(scenario_also_busted) ? 0 : -1;
}

u64 scenario_useful(void)
{
	return op_counts[0].useful;
}

u64 scenario_raced(void)
{
	return op_counts[0].raced;
}

const struct scenario *scenario_nth(unsigned int n)
{
	return linkset_nth(scenario, n);
}
