/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for events. See <kernel/completion.h>. */
#include <kernel/busted.h>
#include <kernel/completion.h>
#include <kernel/sched.h>

DEFINE_BUSTED(completion_late_state, "a waiter looks for the event before it says that it sleeps");
DEFINE_BUSTED(completion_once, "a waiter that is woken does not look whether there is an event");
DEFINE_BUSTED(completion_flag, "two events that happen before any thread waits count as one");

struct completion_waiter {
	struct list_head list; /* empty once complete() has woken the thread */
	struct task_struct *task;
};

void init_completion(struct completion *c)
{
	spin_lock_init_rank(&c->lock, "completion", RANK_WAIT);
	c->done = 0;
	INIT_LIST_HEAD(&c->waiters);
}

void complete(struct completion *c)
{
	struct completion_waiter *w;
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	c->done = busted(completion_flag) ? 1 : c->done + 1;
	if (!list_empty(&c->waiters)) {
		w = list_first_entry(&c->waiters, struct completion_waiter, list);
		list_del_init(&w->list);
		wake_up_process(w->task);
	}
	spin_unlock_irqrestore(&c->lock, flags);
}

/* Called with ->lock held; releases it meanwhile. Another waiter may take the event first. */
static void sleep_until_done(struct completion *c, struct completion_waiter *w,
			     unsigned long *flags)
{
	do {
		if (list_empty(&w->list))
			list_add_tail(&w->list, &c->waiters);
		/* Under the lock: complete() finds us in the list only as a sleeper. */
		if (!busted(completion_late_state))
			set_current_state(TASK_SLEEPING);
		spin_unlock_irqrestore(&c->lock, *flags);
		if (busted(completion_late_state))
			set_current_state(TASK_SLEEPING);
		schedule();
		spin_lock_irqsave(&c->lock, *flags);
	} while (!c->done && !busted(completion_once));
	set_current_state(TASK_RUNNING);
	list_del_init(&w->list);
}

void wait_for_completion(struct completion *c)
{
	struct completion_waiter w = {.task = current};
	unsigned long flags;

	might_sleep();
	INIT_LIST_HEAD(&w.list);
	spin_lock_irqsave(&c->lock, flags);
	if (!c->done)
		sleep_until_done(c, &w, &flags);
	c->done--;
	spin_unlock_irqrestore(&c->lock, flags);
	waiter_is_gone(&w.task);
}
