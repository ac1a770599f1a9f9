/* SPDX-License-Identifier: GPL-2.0 */
/* Oracles on the model: the same ones, but a violation is this schedule's verdict. */
#include <stdarg.h>
#include <kernel/bug.h>
#include <kernel/job.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <model/machine.h>
#include <model/recorder.h>
#include <tests/oracle.h>
#include <tests/scenario_run.h>

struct op_counts op_counts[MAX_OPS];
const char *op_names[MAX_OPS] = {"scenario"};

unsigned long oracle_lock(void)
{
	return 0; /* observers run between two steps: no CPU moves */
}

void oracle_unlock(unsigned long flags)
{
}

unsigned int op_of_task(u32 task)
{
	return 0;
}

void oracle_fail(const struct oracle *o, unsigned int op, int other_cpu, u64 since,
		 struct oracle_object about, const char *fmt, ...)
{
	char line[256]; /* a longer one is a longer verdict, which model_fail() refuses */
	va_list ap;

	if (o->on_request || (scenario_only_oracle && strcmp(o->name, scenario_only_oracle)))
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (!model_failure())
		recorder_about(&about);
	model_fail("%s: %s", o->name, line);
}

/* A dropped record may have been the one that shows a violation: this schedule is red. */
void oracle_lost(struct oracle_loss *l)
{
	l->nr++;
	if (!l->oracle->on_request)
		model_fail(ORACLE_INCOMPLETE, l->oracle->name, oracle_room(l), l->what);
}

static void judge_init(void)
{
	linkset_for_each (oracle, o) {
		BUG_ON(!(o->where & ORACLE_MODEL));
		if (o->init)
			o->init();
	}
	event_start();
}
INITCALL(-1, judge_init);
