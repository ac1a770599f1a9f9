/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_PREEMPT_H
#define SHIM_PREEMPT_H

/* The count of this CPU, which no other CPU reads. No thread of Linux's is preempted here. */
#include <asm/percpu.h>
#include <linux/static_call_types.h>

#define PREEMPT_NEED_RESCHED (~(~0UL >> 1))
#define PREEMPT_ENABLED	     0

DECLARE_PER_CPU(unsigned long, __preempt_count);
#define SHIM_COUNT SHIM_OWN(__preempt_count)

static __always_inline int preempt_count(void)
{
	return (int)SHIM_COUNT;
}

static __always_inline void preempt_count_set(unsigned long pc)
{
	SHIM_COUNT = pc;
}

static __always_inline void __preempt_count_add(int val)
{
	SHIM_COUNT += val;
}

static __always_inline void __preempt_count_sub(int val)
{
	SHIM_COUNT -= val;
}

static __always_inline int __preempt_count_add_return(int val)
{
	return (int)(SHIM_COUNT += val);
}

static __always_inline int __preempt_count_sub_return(int val)
{
	return (int)(SHIM_COUNT -= val);
}

static __always_inline bool __preempt_count_dec_and_test(void)
{
	SHIM_COUNT--;
	return false;
}

static __always_inline void set_preempt_need_resched(void)
{
}

static __always_inline void clear_preempt_need_resched(void)
{
}

static __always_inline bool test_preempt_need_resched(void)
{
	return false;
}

static __always_inline bool should_resched(int offset)
{
	return false;
}

#define init_task_preempt_count(p) \
	do {                       \
	} while (0)
#define init_idle_preempt_count(p, cpu) \
	do {                            \
	} while (0)

extern void preempt_schedule(void);
extern void preempt_schedule_notrace(void);
#define __preempt_schedule()	     preempt_schedule()
#define __preempt_schedule_notrace() preempt_schedule_notrace()

#endif
