/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A schedule of the model by the events of one of real CPUs. Those take larger steps, so the
 * model can do whatever they do: it lets the process whose event is next run until that comes.
 * Who waits for something that another CPU has still to do after its last event lets it.
 */
#include "model_world.h"
#include <model/machine.h>
#include <tests/tale.h>

#define MOST_STEPS 20000

static void tell(const struct event *ev)
{
	tale_tell(ev);
}

static bool can(unsigned int proc)
{
	return model_enabled() >> proc & 1;
}

/* Another CPU than @cpu that can go on, or MODEL_MAX_CPUS. */
static unsigned int another(unsigned int cpu)
{
	unsigned int k;

	for (k = 0; k < MODEL_MAX_CPUS; k++)
		if (k != cpu && can(model_proc(PROC_CPU, k)))
			break;
	return k;
}

/* The process to run so that @proc can give its next event; MODEL_MAX_PROCS: there is none. */
static unsigned int towards(unsigned int proc)
{
	unsigned int kind = proc / MODEL_MAX_CPUS, cpu = proc % MODEL_MAX_CPUS, k;

	if (can(proc))
		return proc;
	if (kind != PROC_CPU && model_pending(cpu, kind == PROC_NMI) &&
	    can(model_proc(PROC_CPU, cpu)))
		return model_proc(PROC_CPU, cpu);
	k = another(cpu);
	return k < MODEL_MAX_CPUS ? model_proc(PROC_CPU, k) : MODEL_MAX_PROCS;
}

/* The next line of @cpu is its interrupt's, which came before whatever else it could tell. */
static bool interrupt_next(const struct xp_schedule *s, unsigned int cpu)
{
	for (unsigned int i = tale_length(); i < s->nr; i++)
		if (s->proc[i] % MODEL_MAX_CPUS == cpu)
			return s->proc[i] / MODEL_MAX_CPUS == PROC_IRQ;
	return false;
}

/*
 * After a line a CPU goes on, as far as it can without the next one, or to the end of the
 * handler that it is in: real CPUs do.
 */
static void go_on(unsigned int cpu)
{
	unsigned int handlers = model_handlers(cpu);

	while (!model_failure() && model_handlers(cpu) >= handlers && !model_about_to_tell(cpu) &&
	       can(model_proc(PROC_CPU, cpu)))
		model_step(model_proc(PROC_CPU, cpu));
}

enum xp_status model_guided(const struct xp_schedule *s, FILE *to)
{
	unsigned int steps = 0, proc;
	bool stuck = false;

	model_restore();
	model_event_hook = tell;
	tale_begin();
	model_tell(true);
	while (tale_length() < s->nr && !stuck && !model_failure()) {
		unsigned int before = tale_length();

		proc = towards(s->proc[tale_length()]);
		stuck = proc == MODEL_MAX_PROCS || ++steps > MOST_STEPS;
		if (stuck)
			break;
		model_step(proc);
		if (tale_length() > before && !interrupt_next(s, proc % MODEL_MAX_CPUS))
			go_on(proc % MODEL_MAX_CPUS);
	}
	model_tell(false);
	model_event_hook = NULL;
	tale_end();
	for (unsigned int i = 0; i < tale_length(); i++)
		fprintf(to, "# tale %s\n", tale_nth(i)->text);
	if (model_failure())
		fprintf(to, "# %s\n", model_failure());
	if (stuck)
		fprintf(to, "# after %u events of %u the next one does not come\n", tale_length(),
			s->nr);
	return stuck ? XP_CUT : model_failure() ? XP_RED : XP_PASS;
}
