/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for one event. */
#include <kernel/completion.h>
#include <kernel/sched.h>

void init_completion(struct completion *c)
{
	spin_lock_init_rank(&c->lock, "completion", RANK_WAIT);
	c->done = false;
	c->waiter = current;
}

void complete(struct completion *c)
{
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	c->done = true;
	wake_up_process(c->waiter);
	spin_unlock_irqrestore(&c->lock, flags);
}

static bool is_done(struct completion *c)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&c->lock, flags);
	done = c->done;
	spin_unlock_irqrestore(&c->lock, flags);
	return done;
}

void wait_for_completion(struct completion *c)
{
	might_sleep();
	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (is_done(c))
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
}
