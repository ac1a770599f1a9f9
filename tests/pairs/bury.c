/* SPDX-License-Identifier: GPL-2.0 */
/*
 * After a program: all that it left goes, by the functions that free it, and RCU runs. Then each
 * frame is free again that was free before the world was set up. Counts that are too low or too
 * high are asserted where pages and tables are freed (mm/page_alloc.c, mm/ptdesc.c).
 */
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/printk.h>
#include <mm/page_alloc.h>
#include <model/machine.h>
#include <tests/pairs.h>
#include <tests/scenario_actors.h>
#include "program.h"

static struct task_struct *undertaker;
static unsigned long free_before;
static const char *left;
static bool over;

static void free_mm(unsigned int i)
{
	struct mm_struct *mm = world_mm[i];

	if (!mm)
		return;
	if (atomic_read(&mm->tlb_flush_pending))
		left = "a gather that is not finished";
	scenario_mm_free(mm);
	world_mm[i] = NULL;
}

static void count_frames(void)
{
	static char text[40];
	long missing = (long)(free_before - nr_free_pages() - model_nr_own_pages());

	if (!missing || left)
		return;
	snprintf(text, sizeof(text), "%ld frames", missing);
	left = text;
}

static int bury(void *unused)
{
	for (unsigned int i = 0; i < WORLD_MMS; i++)
		free_mm(i);
	for (unsigned int i = 0; i < WORLD_FILES; i++)
		mapping_free(world_file[i]);
	rcu_barrier();
	count_frames();
	over = true;
	for (;;) {
		set_current_state(TASK_SLEEPING);
		schedule();
	}
	return 0;
}

void bury_setup(void)
{
	undertaker = kthread_create_bound(bury, NULL, 0, "bury");
	scenario_check(undertaker);
	free_before = nr_free_pages();
}

void program_bury(void)
{
	wake_up_process(undertaker);
}

bool program_is_buried(void)
{
	return over;
}

const char *program_left(void)
{
	return over ? left : "all of it: the thread that frees it does not end";
}
