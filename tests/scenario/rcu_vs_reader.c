/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel/rcu.c: no callback runs before the readers that may still see the pointer end.
 *
 *	CPU0 updater			CPU1 reader
 *					begin grace period 1
 *					quiescent state
 *					local_irq_save()
 *					p = read pointer
 *	pointer = NULL
 *	call_rcu(p): waits for 2, not for 1
 *	quiescent state; 1 ends
 *					use p
 *					local_irq_restore()
 *	quiescent state; 2 ends
 *	callback: p is gone
 */
#include <kernel/irqflags.h>
#include <kernel/preempt.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <tests/scenario.h>

static struct object {
	struct rcu_head rcu;
	u32 gone;
} object;
static struct object *pointer;
static struct rcu_head other, nudge;

static void setup(void)
{
	pointer = &object;
}

static void reclaim(struct rcu_head *head)
{
	struct object *o = container_of(head, struct object, rcu);

	shared_write(SITE_TEST, &o->gone, 1);
}

static void nothing(struct rcu_head *head)
{
}

/* schedule() is a quiescent state; the second call_rcu() looks how far the first has come. */
static void update(void)
{
	shared_write(SITE_TEST, &pointer, NULL);
	call_rcu(&object.rcu, reclaim);
	schedule();
	call_rcu(&nudge, nothing);
}

static void use(void)
{
	struct object *p = shared_read(SITE_TEST, &pointer);

	if (p)
		scenario_check(!shared_read(SITE_TEST, &p->gone));
}

static void read_irqs_off(void)
{
	unsigned long flags;

	call_rcu(&other, nothing);
	schedule();
	local_irq_save(flags);
	use();
	local_irq_restore(flags);
}

/* For ticks: without another grace period, which would take the search far. */
static void only_read_irqs_off(void)
{
	unsigned long flags;

	local_irq_save(flags);
	use();
	local_irq_restore(flags);
}

static void only_read(void)
{
	rcu_read_lock();
	use();
	rcu_read_unlock();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true, .slow = true},
	{.busted = "rcu_gp_under_way", RED_BY("scenario")},
	{.busted = "rcu_no_mb"},
	{.busted = "rcu_no_mb", .tso = true, RED_BY("scenario")},
	{},
};

static const struct scenario rcu_vs_reader = {
	.name = "rcu_vs_reader",
	.help = "call_rcu() while a reader with interrupts off uses the object",
	.setup = setup,
	.actor = {update, read_irqs_off},
	.cases = cases,
};
SCENARIO(rcu_vs_reader);

static const struct scenario_case irqs_off_cases[] = {
	{.flush = "ipi", .ticks = 1},
	/* No tick gets through to a reader with interrupts off. */
	{.busted = "rcu_any_tick", .ticks = 1},
	{},
};

static const struct scenario rcu_vs_irqs_off = {
	.name = "rcu_vs_irqs_off",
	.help = "call_rcu() and ticks, and a reader with interrupts off",
	.setup = setup,
	.actor = {update, only_read_irqs_off},
	.cases = irqs_off_cases,
};
SCENARIO(rcu_vs_irqs_off);

static const struct scenario_case preempt_cases[] = {
	{.flush = "ipi", .ticks = 1},
	{.busted = "rcu_any_tick", .ticks = 1, RED_BY("scenario")},
	{},
};

static const struct scenario rcu_vs_preempt_off = {
	.name = "rcu_vs_preempt_off",
	.help = "call_rcu() and ticks, and a reader with preemption off",
	.setup = setup,
	.actor = {update, only_read},
	.cases = preempt_cases,
};
SCENARIO(rcu_vs_preempt_off);

/*
 * Another CPU begins the grace period while the reader reports for it, and goes on to
 * withdraw what it reads.
 *
 *	CPU0				CPU1 reader, and updater
 *	gp_start_locked():
 *	armed = 1			(too early)
 *					quiescent state
 *					local_irq_disable(): a reader from here on
 *					started == 0: will be over when 1 is
 *	started = 1
 *	quiescent state; 1 ends
 *					1 is over, and the reader is not
 *
 * With an updater of its own, on a third CPU, and call_rcu() the search has three CPUs
 * that report for three grace periods; that comes out the same and does not end.
 */
static void begin(void)
{
	call_rcu(&other, nothing);
}

static void quiescent_state(void)
{
	local_irq_disable();
	rcu_qs();
	local_irq_enable();
}

static void report_and_poll(void)
{
	unsigned long gp;

	quiescent_state();
	local_irq_disable();
	gp = get_state_synchronize_rcu();
	scenario_check(!poll_state_synchronize_rcu(gp));
	local_irq_enable();
}

static const struct scenario_case begin_cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "rcu_arm_early", RED_BY("scenario")},
	{},
};

static const struct scenario rcu_vs_begin = {
	.name = "rcu_vs_begin",
	.help = "a reader reports while another CPU begins the grace period",
	.setup = setup,
	.actor = {begin, report_and_poll},
	.cases = begin_cases,
};
SCENARIO(rcu_vs_begin);
