/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scheduler: per CPU one queue of runnable threads, round robin on the tick. Threads
 * that are woken are queued at the head, preempted ones at the tail. Threads never move, so only a
 * CPU itself takes from its queue; others only add.
 *
 * A wake-up is not lost, whichever comes first:
 *
 *	sleeper				waker
 *	state = SLEEPING
 *	smp_mb()			condition = true
 *	if (condition) don't sleep	smp_mb() (the lock)
 *	schedule()			if (state == SLEEPING) state = RUNNING, enqueue
 *
 * Either the sleeper sees the condition or the waker sees SLEEPING. schedule() and
 * wake_up_process() decide under the queue's lock.
 *
 * __preempt_count is per CPU and not saved per thread: every switch happens with the
 * count at exactly 1, so there is nothing to save.
 */
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/drive.h>
#include <kernel/event.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>
#include <asm/mmu_context.h>
#include <asm/setup.h>
#include <asm/smp.h>

DEFINE_BUSTED(sched_state_no_mb, "set_current_state() is a plain store");
DEFINE_BUSTED(sched_preempt_sleeps,
	      "a thread preempted on its way into schedule() is put to sleep");

struct rq {
	spinlock_t lock;
	struct list_head queue; /* runnable, not running; idle is never in it */
	struct list_head sleepers; /* those with a deadline */
	struct task_struct *curr, *idle;
	struct task_struct *prev; /* the thread that the switch in progress leaves; own CPU */
};

static DEFINE_PER_CPU_ALIGNED(struct rq, runqueue); /* ->lock; any CPU */
static DEFINE_PER_CPU(struct task_struct, idle_task);

/* Boot code runs with preemption off until its CPU goes idle. */
DEFINE_PER_CPU(int, __preempt_count) = PREEMPT_OFFSET;
DEFINE_PER_CPU(int, need_resched);
DEFINE_PER_CPU(struct task_struct *, current_task);

static struct rq *task_rq(const struct task_struct *t)
{
	return per_cpu_ptr(&runqueue, t->cpu);
}

static struct rq *this_rq(void)
{
	return this_cpu_ptr(&runqueue);
}

static void enqueue(struct rq *rq, struct task_struct *t)
{
	lockdep_assert_held(&rq->lock);
	list_add_tail(&t->run_list, &rq->queue);
	t->on_rq = true;
}

static struct task_struct *pick_next(struct rq *rq)
{
	struct task_struct *t;

	if (list_empty(&rq->queue))
		return rq->idle;
	t = list_first_entry(&rq->queue, struct task_struct, run_list);
	list_del(&t->run_list);
	t->on_rq = false;
	return t;
}

/*
 * Loading an mm is always told to the mm layer, also when it is the one already loaded:
 * what that means, nothing or a catch-up flush, is decided there.
 */
static void switch_mm_for(struct task_struct *prev, struct task_struct *next)
{
	if (next->mm)
		switch_mm_irqs_off(NULL, next->mm, next);
	else if (prev->mm)
		enter_lazy_tlb(prev->mm, next);
}

/* In the context of the thread that was switched to, IRQs off. */
static void finish_task_switch(void)
{
	struct task_struct *prev = this_rq()->prev;

	/* Pairs with the acquire in kthread_stop(); @prev may be gone right after. */
	if (READ_ONCE(prev->state) == TASK_DEAD)
		smp_store_release(&prev->off_stack, true);
}

static void context_switch(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	switch_mm_for(prev, next);
	rq->prev = prev;
	this_cpu_write(current_task, next);
	__switch_to_asm(prev, next);
	finish_task_switch();
}

/*
 * IRQs off, preempt_count() == 0. A preempted thread stays runnable whatever state it
 * has set for itself: it has not called schedule() yet.
 */
static void __schedule(bool preempted)
{
	struct rq *rq = this_rq();
	struct task_struct *prev = current, *next;
	bool sleeps;
	int state;

	lockdep_assert_irqs_disabled();
	this_cpu_add(__preempt_count, PREEMPT_OFFSET);
	lockdep_assert(preempt_count() == PREEMPT_OFFSET);
	rcu_qs();

	spin_lock(&rq->lock);
	this_cpu_write(need_resched, 0);
	state = shared_read(SITE_TASK, &prev->state);
	sleeps = (!preempted || busted(sched_preempt_sleeps)) && state == TASK_SLEEPING;
	if (sleeps)
		observe(SLEEP, prev->id, 0, 0);
	else if (prev != rq->idle && state != TASK_DEAD)
		enqueue(rq, prev);
	next = pick_next(rq);
	rq->curr = next;
	spin_unlock(&rq->lock);

	if (next != prev)
		context_switch(rq, prev, next);
	/* What woke us is consumed: the caller looks at its condition again. */
	if (sleeps)
		WRITE_ONCE(prev->wakeup_pending, false);
	this_cpu_add(__preempt_count, -PREEMPT_OFFSET);
}

void schedule(void)
{
	might_sleep();
	do {
		local_irq_disable();
		__schedule(false);
		local_irq_enable();
	} while (unlikely(this_cpu_read(need_resched)));
}

void preempt_schedule(void)
{
	/* From preempt_enable() with IRQs off: the return from the interrupt will preempt. */
	if (!preemptible())
		return;
	do {
		local_irq_disable();
		__schedule(true);
		local_irq_enable();
	} while (unlikely(this_cpu_read(need_resched)));
}

void preempt_schedule_irq(void)
{
	lockdep_assert(!preempt_count());
	do {
		__schedule(true);
	} while (unlikely(this_cpu_read(need_resched)));
}

void sched_thread_begin(void)
{
	finish_task_switch();
	WRITE_ONCE(current->wakeup_pending, false);
	this_cpu_add(__preempt_count, -PREEMPT_OFFSET);
	local_irq_enable();
}

void sched_thread_end(void)
{
	__schedule(false);
	panic("dead thread %s runs", current->name);
}

void set_current_state(enum task_state state)
{
	struct task_struct *t = current;

	/* Stale, and harmless if a wake-up comes right here: that one sees the new state. */
	WRITE_ONCE(t->wakeup_pending, false);
	if (busted(sched_state_no_mb))
		shared_write(SITE_TASK, &t->state, state);
	else /* before the caller's look at its condition; pairs with wake_up_process() */
		shared_store_mb(SITE_TASK, &t->state, state);
}

void set_special_state(enum task_state state)
{
	struct task_struct *t = current;
	struct rq *rq = task_rq(t);
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	shared_store_mb(SITE_TASK, &t->state, state); /* pairs with wake_up_process() */
	spin_unlock_irqrestore(&rq->lock, flags);
}

void yield(void)
{
	/* Without the lock: a thread that is added just now comes with an interrupt. */
	if (!data_race(list_empty(&this_rq()->queue)))
		schedule();
}

/* Make @t run soon on the CPU of @rq, which is not otherwise going to look. */
static void resched(struct rq *rq, int cpu)
{
	if (rq == this_rq())
		this_cpu_write(need_resched, 1);
	else
		arch_send_reschedule_ipi(cpu);
}

/* Returns whether the CPU of @rq must be told. */
static bool wake_locked(struct rq *rq, struct task_struct *t)
{
	lockdep_assert_held(&rq->lock);
	WRITE_ONCE(t->state, TASK_RUNNING);
	observe(WAKE, t->id, 0, 0);
	list_del_init(&t->sleep_list); /* a no-op without a deadline */
	/* Still on its way into schedule(), which will now find it running. */
	if (t == rq->curr || t->on_rq)
		return false;
	/*
	 * At the head: the thread is likely to hold a lock that was handed to it, and others
	 * wait for that lock until this thread has run.
	 */
	list_add(&t->run_list, &rq->queue);
	t->on_rq = true;
	return true;
}

bool wake_up_process(struct task_struct *t)
{
	struct rq *rq = task_rq(t);
	unsigned long flags;
	bool woken = false, kick = false;

	lockdep_assert(!in_nmi());
	preempt_disable(); /* so that preempt_enable() below can switch at once */
	/*
	 * A full barrier after the caller's condition: pairs with set_current_state() and
	 * set_special_state().
	 */
	spin_lock_irqsave(&rq->lock, flags);
	WRITE_ONCE(t->wakeup_pending, true);
	sync_point(SITE_TASK, SYNC_RMW, &t->state); /* read here, written in wake_locked() */
	t->fresh = false;
	if (READ_ONCE(t->state) == TASK_SLEEPING) {
		kick = wake_locked(rq, t);
		woken = true;
	}
	spin_unlock(&rq->lock);
	if (kick)
		resched(rq, t->cpu);
	local_irq_restore(flags);
	preempt_enable();
	return woken;
}

/*
 * Serves both ways of use: after set_current_state(TASK_SLEEPING), where a wake-up since
 * then ends it at once, and alone.
 */
void schedule_timeout_ns(u64 ns)
{
	struct task_struct *t = current;
	struct rq *rq = task_rq(t);
	unsigned long flags;

	might_sleep();
	lockdep_assert(t != rq->idle);
	spin_lock_irqsave(&rq->lock, flags);
	if (!READ_ONCE(t->wakeup_pending)) {
		WRITE_ONCE(t->state, TASK_SLEEPING);
		if (ns) {
			t->wake_at = sched_clock() + ns;
			list_add_tail(&t->sleep_list, &rq->sleepers);
		}
	}
	spin_unlock_irqrestore(&rq->lock, flags);

	schedule();

	spin_lock_irqsave(&rq->lock, flags);
	list_del_init(&t->sleep_list); /* a no-op without a deadline */
	t->wake_at = 0;
	WRITE_ONCE(t->state, TASK_RUNNING);
	WRITE_ONCE(t->wakeup_pending, false);
	spin_unlock_irqrestore(&rq->lock, flags);
}

static void wake_expired(struct rq *rq)
{
	struct task_struct *t, *n;
	u64 now = sched_clock();

	list_for_each_entry_safe (t, n, &rq->sleepers, sleep_list)
		if (t->wake_at <= now)
			wake_locked(rq, t);
}

void sched_tick(bool preemptible)
{
	struct rq *rq = this_rq();

	lockdep_assert_irqs_disabled();
	watchdog_tick();
	rcu_tick(preemptible);
	spin_lock(&rq->lock);
	wake_expired(rq);
	if (!list_empty(&rq->queue))
		this_cpu_write(need_resched, 1);
	spin_unlock(&rq->lock);
}

void scheduler_ipi(void)
{
	this_cpu_write(need_resched, 1);
}

void sched_init_cpu(int cpu, void *stack)
{
	struct rq *rq = per_cpu_ptr(&runqueue, cpu);
	struct task_struct *idle = per_cpu_ptr(&idle_task, cpu);

	spin_lock_init_rank(&rq->lock, "runqueue", RANK_RQ);
	INIT_LIST_HEAD(&rq->queue);
	INIT_LIST_HEAD(&rq->sleepers);
	INIT_LIST_HEAD(&idle->sleep_list);
	idle->cpu = cpu;
	idle->stack = stack;
	idle->state = TASK_RUNNING;
	strscpy(idle->name, "idle", sizeof(idle->name));
	rq->idle = idle;
	rq->curr = idle;
	this_cpu_write(current_task, idle);
}

/*
 * The queue without its lock: a thread that is added and missed here comes with an interrupt,
 * which sets need_resched. IRQs stay off from this look to the HLT: an interrupt in between
 * would have been taken before the CPU halts, and the thread would wait for the next one.
 */
static bool nothing_to_run(void)
{
	lockdep_assert_irqs_disabled();
	return !this_cpu_read(need_resched) && data_race(list_empty(&this_rq()->queue));
}

void cpu_idle_loop(void)
{
	this_cpu_add(__preempt_count, -PREEMPT_OFFSET);
	for (;;) {
		if (driven())
			drive->idle();
		local_irq_disable();
		rcu_qs();
		if (nothing_to_run())
			insn_sti_hlt(); /* takes no interrupt between the two */
		else
			local_irq_enable();
		schedule();
	}
}
