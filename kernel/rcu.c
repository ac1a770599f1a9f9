/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sched-RCU. Grace periods are numbered; one is under way at a time. It ends when every
 * CPU that was online at its start has reported a quiescent state (QS): a moment outside
 * any region with preemption or interrupts off.
 *
 *	started		number of the newest one that has begun
 *	armed		the newest one for which CPUs may report; follows started
 *	completed	the newest one that has ended
 *	wanted		the newest one that a callback or a thread waits for
 *
 * A callback queued when started == n runs once completed >= n + 1, never n: that one
 * may have begun before the pointer was withdrawn. Why no reader can still hold it:
 *
 *	updater			grace period		reader's CPU
 *	(1) *p = NULL
 *	    smp_mb() A
 *	(2) read started == n
 *				(3) started = n + 1
 *				    smp_mb() B
 *				(4) waiting = online
 *				    armed = n + 1 (release)
 *							(5) read armed == n + 1 (acquire)
 *							(6) clear own bit in waiting (full)
 *							(7) a later reader reads *p
 *
 * (2) saw n, so (1) is before (3) and by A and B before everything after B; (5) reads
 * what was written after B, so (7) sees NULL. A reader from before (6) has ended before
 * (6), and (6) is before the end of the grace period, by the full barriers on waiting
 * and nr_waiting. This is why CPUs look at armed and not at started: a QS counted
 * between (3) and B could come before a reader that (1) has not reached.
 *
 * A QS is reported by __schedule(), by the idle loop, and by a tick that interrupts code with
 * preemption on, a halted CPU included. Other code with preemption or interrupts off reports none.
 */
#include <kernel/bug.h>
#include <kernel/busted.h>
#include <kernel/completion.h>
#include <kernel/event.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>

static struct {
	spinlock_t lock; /* taken to begin and to end one */
	u64 started, armed, completed, wanted;
	struct cpumask waiting; /* CPUs that have yet to report */
	atomic_t nr_waiting; /* how many bits that is */
	u64 since; /* sched_clock() when the newest one began */
} rcu = {.lock = __SPIN_LOCK_UNLOCKED("rcu", RANK_RCU)};

struct rcu_list {
	struct rcu_head *head, **tail;
};

/* Own CPU with IRQs off. Callbacks go through the lists in order: next, wait, done. */
struct rcu_cpu {
	u64 noted; /* newest grace period that this CPU has reported for */
	u32 late_ticks; /* ticks since it was to report for the next one */
	struct rcu_list next; /* not yet given a grace period */
	struct rcu_list wait; /* for the end of @wait_gp */
	struct rcu_list done; /* ready to run */
	u64 wait_gp;
	struct task_struct *thread; /* runs @done */
};
static DEFINE_PER_CPU_ALIGNED(struct rcu_cpu, rcu_cpu);

DEFINE_BUSTED(rcu_gp_under_way, "a callback waits for the grace period that is under way");
DEFINE_BUSTED(rcu_arm_early, "CPUs may report for a grace period before it has begun");
DEFINE_BUSTED(rcu_no_mb, "call_rcu() has no barrier between the withdrawal and started");
DEFINE_BUSTED(rcu_any_tick, "a tick is a quiescent state whatever it has interrupted");

bool rcu_lazy;
#define RCU_BATCH 32 /* callbacks that run between two chances to be preempted */

static void list_init(struct rcu_list *l)
{
	l->head = NULL;
	l->tail = &l->head;
}

/* Append all of @from to @to, leaving @from empty. */
static void list_move(struct rcu_list *to, struct rcu_list *from)
{
	if (!from->head)
		return;
	*to->tail = from->head;
	to->tail = from->tail;
	list_init(from);
}

/* From here on CPUs may report for @gp. */
static void arm(u64 gp)
{
	/*
	 * The count before the bits: a CPU may see its bit and report at once. The
	 * online mask does not change any more: no grace period begins before smp_init() is done.
	 */
	shared_op(SITE_RCU, SYNC_WRITE, &rcu.nr_waiting, atomic_set(PTR, (int)num_online_cpus()));
	for (unsigned int w = 0; w < CPUMASK_WORDS; w++)
		shared_write(SITE_RCU, &rcu.waiting.bits[w], READ_ONCE(cpu_online_mask.bits[w]));
	shared_store_release(SITE_RCU, &rcu.armed, gp); /* pairs with note_qs() */
	observe(RCU_ARM, gp, 0, 0);
}

/* Begin the next grace period if one is wanted and none is under way. */
static void gp_start_locked(void)
{
	u64 gp = READ_ONCE(rcu.started);

	lockdep_assert_held(&rcu.lock);
	if (READ_ONCE(rcu.completed) != gp || READ_ONCE(rcu.wanted) <= gp)
		return;
	WRITE_ONCE(rcu.since, sched_clock());
	if (busted(rcu_arm_early))
		arm(gp + 1);
	shared_write(SITE_RCU, &rcu.started, ++gp);
	observe(RCU_BEGIN, gp, 0, 0);
	smp_mb(); /* B. Pairs with A in get_state_synchronize_rcu(). */
	if (!busted(rcu_arm_early))
		arm(gp);
}

static void gp_request(u64 gp)
{
	unsigned long flags;

	/* The CPU that raised it also made it begin, now or when the current one ends. */
	if (shared_read(SITE_RCU, &rcu.wanted) >= gp)
		return;
	spin_lock_irqsave(&rcu.lock, flags);
	if (READ_ONCE(rcu.wanted) < gp)
		shared_write(SITE_RCU, &rcu.wanted, gp);
	gp_start_locked();
	spin_unlock_irqrestore(&rcu.lock, flags);
}

/* The last CPU has reported. */
static void gp_end(void)
{
	unsigned long flags;
	u64 gp;

	spin_lock_irqsave(&rcu.lock, flags);
	gp = READ_ONCE(rcu.started);
	/* Pairs with the acquire in poll_state_synchronize_rcu(): readers' last accesses are before it. */
	shared_store_release(SITE_RCU, &rcu.completed, gp);
	observe(RCU_GP, gp, READ_ONCE(rcu.wanted), 0);
	gp_start_locked();
	spin_unlock_irqrestore(&rcu.lock, flags);
}

/* This CPU is in a quiescent state, IRQs off. */
static void note_qs(struct rcu_cpu *rc)
{
	int left;
	u64 gp;

	gp = shared_load_acquire(SITE_RCU, &rcu.armed); /* pairs with arm() */
	if (likely(rc->noted == gp))
		return;
	rc->noted = gp;
	rc->late_ticks = 0;
	/* Not set: we came online after this one began. */
	if (!shared_rmw(SITE_RCU, &rcu.waiting,
			cpumask_test_and_clear_cpu((unsigned int)raw_smp_processor_id(), PTR)))
		return;
	left = shared_rmw(SITE_RCU, &rcu.nr_waiting, atomic_sub_return(1, PTR));
	VM_BUG_ON(left < 0);
	observe(RCU_QS, gp, 0, 0);
	if (!left)
		gp_end();
}

unsigned long get_state_synchronize_rcu(void)
{
	if (!busted(rcu_no_mb))
		smp_mb(); /* A. Pairs with B in gp_start_locked(). */
	return shared_read(SITE_RCU, &rcu.started) + 1;
}

unsigned long start_poll_synchronize_rcu(void)
{
	unsigned long gp = get_state_synchronize_rcu();

	gp_request(gp);
	return gp;
}

bool poll_state_synchronize_rcu(unsigned long gp)
{
	/* Pairs with the release in gp_end(). */
	return shared_load_acquire(SITE_RCU, &rcu.completed) >= gp;
}

/* Move callbacks on as far as grace periods allow. */
static void advance(struct rcu_cpu *rc)
{
	lockdep_assert_irqs_disabled();
	if (rc->wait.head && poll_state_synchronize_rcu(rc->wait_gp)) {
		list_move(&rc->done, &rc->wait);
		if (rc->thread)
			wake_up_process(rc->thread);
	}
	if (!rc->wait.head && rc->next.head) {
		list_move(&rc->wait, &rc->next);
		rc->wait_gp = get_state_synchronize_rcu();
		if (busted(rcu_gp_under_way) && READ_ONCE(rcu.completed) < rc->wait_gp - 1)
			rc->wait_gp--;
		gp_request(rc->wait_gp);
	}
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	struct rcu_cpu *rc;
	unsigned long flags;

	lockdep_assert(!in_nmi());
	head->next = NULL;
	head->func = func;
	local_irq_save(flags);
	rc = this_cpu_ptr(&rcu_cpu);
	*rc->next.tail = head;
	rc->next.tail = &head->next;
	observe(RCU_CALL, head, func, READ_ONCE(rcu.started));
	if (!CONFIG_HOOKS || !rcu_lazy)
		advance(rc);
	local_irq_restore(flags);
}

void rcu_qs(void)
{
	lockdep_assert_irqs_disabled();
	note_qs(this_cpu_ptr(&rcu_cpu));
}

/* Much longer than a hung CPU takes to be found: for one that takes ticks and never schedules. */
#define RCU_STALL_LIMITS 8 /* of the watchdog */
#define RCU_STALL_TICKS	 100

static void overdue(struct rcu_cpu *rc)
{
	this_cpu_write(need_resched, 1); /* the next preempt_enable() reports */
	/* watchdog_spin() ends itself, and names the CPU that it waits for. */
	rc->late_ticks = watchdog_waits() ? 0 : rc->late_ticks + 1;
	if (rc->late_ticks >= RCU_STALL_TICKS && watchdog_ns() &&
	    sched_clock() - READ_ONCE(rcu.since) >= RCU_STALL_LIMITS * watchdog_ns())
		watchdog_report_self("takes ticks and never schedules: no RCU quiescent state");
}

void rcu_tick(bool preemptible)
{
	struct rcu_cpu *rc = this_cpu_ptr(&rcu_cpu);

	lockdep_assert_irqs_disabled();
	if (preemptible || busted(rcu_any_tick))
		note_qs(rc);
	else if (rc->noted != READ_ONCE(rcu.armed))
		overdue(rc);
	advance(rc);
}

/* At most RCU_BATCH callbacks that are ready, oldest first. */
static struct rcu_head *take_batch(struct rcu_cpu *rc)
{
	struct rcu_head *first, **link;
	unsigned long flags;

	local_irq_save(flags);
	first = rc->done.head;
	link = &rc->done.head;
	for (unsigned int n = 0; n < RCU_BATCH && *link; n++)
		link = &(*link)->next;
	rc->done.head = *link;
	*link = NULL;
	if (!rc->done.head)
		rc->done.tail = &rc->done.head;
	local_irq_restore(flags);
	return first;
}

static void run_batch(struct rcu_head *head)
{
	preempt_disable();
	while (head) {
		struct rcu_head *next = head->next; /* the callback may free @head */

		observe(RCU_RUN, head, head->func, READ_ONCE(rcu.completed));
		head->func(head);
		head = next;
	}
	preempt_enable();
}

static int rcu_thread(void *unused)
{
	struct rcu_cpu *rc = this_cpu_ptr(&rcu_cpu); /* bound: stays right */

	for (;;) {
		struct rcu_head *batch;

		set_current_state(TASK_SLEEPING);
		batch = take_batch(rc);
		if (!batch) {
			schedule();
			continue;
		}
		set_current_state(TASK_RUNNING);
		run_batch(batch);
	}
	return 0;
}

struct rcu_sync {
	struct rcu_head rcu;
	struct completion done;
};

static void rcu_sync_func(struct rcu_head *head)
{
	complete(&container_of(head, struct rcu_sync, rcu)->done);
}

void synchronize_rcu(void)
{
	struct rcu_sync s;

	might_sleep();
	init_completion(&s.done);
	call_rcu(&s.rcu, rcu_sync_func);
	wait_for_completion(&s.done);
}

static DEFINE_PER_CPU(struct rcu_head, barrier_head); /* the one rcu_barrier() under way */
static atomic_t barrier_left;
static struct completion barrier_done;
static int barrier_busy;

static void barrier_callback(struct rcu_head *head)
{
	int left = atomic_sub_return(1, &barrier_left);

	VM_BUG_ON(left < 0);
	if (!left)
		complete(&barrier_done);
}

/* In interrupt context on each CPU: behind everything that it has queued. */
static void barrier_queue(void *unused)
{
	VM_BUG_ON(atomic_read(&barrier_left) <= 0); /* counted before it is queued */
	call_rcu(this_cpu_ptr(&barrier_head), barrier_callback);
}

void rcu_barrier(void)
{
	might_sleep();
	/* Pairs with rcu_barrier() on another CPU, which releases it at its end. One at a time; without a lock, as the rank of one would restrict the caller. */
	while (xchg(&barrier_busy, 1))
		schedule_timeout_ns(NSEC_PER_MSEC);
	init_completion(&barrier_done);
	atomic_set(&barrier_left, (int)num_online_cpus());
	on_each_cpu(barrier_queue, NULL, true);
	wait_for_completion(&barrier_done);
	smp_store_release(&barrier_busy,
			  0); /* pairs with rcu_barrier(), where it waits for its turn */
}

void rcu_init(void)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct rcu_cpu *rc = per_cpu_ptr(&rcu_cpu, cpu);

		list_init(&rc->next);
		list_init(&rc->wait);
		list_init(&rc->done);
	}
}

void rcu_start_threads(void)
{
	unsigned int cpu;

	for_each_online_cpu (cpu) {
		struct task_struct *t = kthread_create_bound(rcu_thread, NULL, (int)cpu, "rcu");

		if (!t)
			fatal("no stack for RCU on CPU%u; give it more memory (run.sh: MEM=)", cpu);
		WRITE_ONCE(per_cpu_ptr(&rcu_cpu, cpu)->thread, t);
		wake_up_process(t);
	}
}
