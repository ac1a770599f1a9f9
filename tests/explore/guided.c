/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Find a schedule of the model with the event trace of a schedule of driven CPUs. Driven CPUs take
 * larger steps, so the model has each of their schedules. But a trace does not say how far a CPU
 * ran after each line. That is searched: at first each CPU runs as far as it can. Where the next
 * line is not the wanted one, other distances are tried after the lines before it, newest first.
 */
#include "model_world.h"
#include <string.h>
#include <model/machine.h>
#include <tests/trace.h>

#define MOST_STEPS 20000 /* of one try */
#define MOST_TRIES 2000
#define MOST_LINES 400

/*
 * How many steps a CPU goes on after a line: never past its next line, nor out of its interrupt
 * handler. Tried in this order.
 */
#define USUAL	   (~0U)
static const unsigned int reaches[] = {USUAL, 0, MOST_STEPS, 1, 2, 3, 4, 6, 8, 11, 15, 20};

static struct wanted {
	char text[sizeof(((struct trace_line *)0)->text)];
	unsigned int proc, cpu;
	unsigned int after; /* reach of its CPU after this line */
	unsigned int before; /* reach before an interrupt, if it comes late: usually none */
} wanted[MOST_LINES];
static unsigned int nr_wanted, tries;

/* Reach before the first line of a CPU: usually none. */
static unsigned int from_start[MODEL_MAX_CPUS];

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

/* The process to run so that line @w comes; MODEL_MAX_PROCS: there is none. */
static unsigned int towards(const struct wanted *w)
{
	unsigned int kind = w->proc / MODEL_MAX_CPUS, k;

	if (can(w->proc))
		return w->proc;
	if (kind != PROC_CPU && model_pending(w->cpu, kind == PROC_NMI) &&
	    can(model_proc(PROC_CPU, w->cpu)))
		return model_proc(PROC_CPU, w->cpu);
	k = another(w->cpu);
	return k < MODEL_MAX_CPUS ? model_proc(PROC_CPU, k) : MODEL_MAX_PROCS;
}

/* Is the next line of @cpu an interrupt? It was taken before any other line of that CPU. */
static bool interrupt_next(unsigned int cpu)
{
	for (unsigned int i = trace_length(); i < nr_wanted; i++)
		if (wanted[i].cpu == cpu)
			return wanted[i].proc / MODEL_MAX_CPUS == PROC_IRQ;
	return false;
}

/* Driven CPUs take the line of a sync point and its access in one step: take the access. */
static void access(unsigned int cpu)
{
	if (trace_nth(trace_length() - 1)->access && model_about_to(cpu) == MODEL_ACCESS &&
	    can(model_proc(PROC_CPU, cpu)))
		model_step(model_proc(PROC_CPU, cpu));
}

static void go_on(unsigned int cpu, unsigned int reach)
{
	unsigned int handlers = model_handlers(cpu);

	for (unsigned int n = 0; n < reach; n++) {
		enum model_next next = model_about_to(cpu);

		if (model_failure() || model_handlers(cpu) < handlers || next == MODEL_TRACE ||
		    !can(model_proc(PROC_CPU, cpu)))
			break;
		/* Driven CPUs stop before they take a lock, while others wait for it. */
		if (next == MODEL_LOCK && reach == USUAL)
			break;
		model_step(model_proc(PROC_CPU, cpu));
	}
}

static void after_line(const struct wanted *w)
{
	access(w->cpu);
	if (w->after != USUAL || !interrupt_next(w->cpu))
		go_on(w->cpu, w->after);
}

static void before_line(unsigned int n)
{
	if (n < nr_wanted && wanted[n].before != USUAL)
		go_on(wanted[n].cpu, wanted[n].before);
}

static bool as_wanted(unsigned int n)
{
	return n < trace_length() && n < nr_wanted && !strcmp(trace_nth(n)->text, wanted[n].text);
}

/* Return: how many lines were as wanted, up to the first that differs or does not come. */
static unsigned int follow_once(void)
{
	unsigned int steps = 0, n = 0;

	tries++;
	model_world.reset(NULL);
	model_event_hook = trace_event;
	trace_begin();
	model_trace_steps(true);
	for (unsigned int cpu = 0; cpu < MODEL_MAX_CPUS; cpu++)
		if (from_start[cpu] != USUAL)
			go_on(cpu, from_start[cpu]);
	before_line(0);
	while (n == trace_length() && n < nr_wanted && !model_failure() && steps++ < MOST_STEPS) {
		unsigned int proc = towards(&wanted[n]);

		if (proc == MODEL_MAX_PROCS)
			break;
		model_step(proc);
		while (as_wanted(n)) {
			after_line(&wanted[n]);
			before_line(++n);
		}
	}
	model_trace_steps(false);
	model_event_hook = NULL;
	trace_end();
	return n;
}

static bool follow(unsigned int n);

/* Try other values of @reach. Return: whether one leads to the whole trace. */
static bool otherwise(unsigned int *reach, unsigned int n)
{
	if (*reach != USUAL)
		return false;
	for (unsigned int i = 1; i < sizeof(reaches) / sizeof(*reaches); i++) {
		unsigned int now;

		*reach = reaches[i];
		now = follow_once();
		if (now > n && follow(now))
			return true;
	}
	*reach = USUAL;
	return false;
}

/*
 * Of the lines of @cpu before line @n, the one that @age others follow. Return: NULL if there are
 * not so many; then @age is less by their number.
 */
static struct wanted *line_of(unsigned int cpu, unsigned int n, unsigned int *age)
{
	while (n-- > 0)
		if (wanted[n].cpu == cpu && !(*age)--)
			return &wanted[n];
	return NULL;
}

/* Try other reaches at that line of @cpu, or at its start. @more: there are older lines. */
static bool otherwise_at(unsigned int cpu, unsigned int age, unsigned int n, bool *more)
{
	struct wanted *w = line_of(cpu, n, &age);

	if (!w)
		return !age && otherwise(&from_start[cpu], n);
	*more = true;
	return otherwise(&w->after, n) ||
	       (w->proc != model_proc(PROC_CPU, cpu) && otherwise(&w->before, n));
}

/* Line @n does not come: its own CPU has gone too far or not far enough, or another CPU has. */
static bool follow(unsigned int n)
{
	bool more = n < nr_wanted;

	for (unsigned int age = 0; more && tries < MOST_TRIES; age++) {
		more = false;
		for (unsigned int i = 0; i <= MODEL_MAX_CPUS; i++)
			if (otherwise_at(i ? i - 1 : wanted[n].cpu, age, n, &more))
				return true;
	}
	return n == nr_wanted;
}

const char *model_want(const char *line)
{
	struct wanted *w = &wanted[nr_wanted];
	const char *what;
	int words = 0;

	if (nr_wanted == MOST_LINES)
		return "is longer than any trace";
	if (strlen(line) >= sizeof(w->text) || sscanf(line, "CPU%u %n", &w->cpu, &words) != 1 ||
	    !words || w->cpu >= MODEL_MAX_CPUS)
		return "has a line that is not like 'CPU0 NAME'";
	strcpy(w->text, line);
	what = w->text + words;
	w->proc = model_proc(!strcmp(what, "HW_IRQ")   ? PROC_IRQ
			     : !strcmp(what, "HW_NMI") ? PROC_NMI
						       : PROC_CPU,
			     w->cpu);
	w->after = w->before = USUAL;
	nr_wanted++;
	return NULL;
}

enum xp_status model_guided(FILE *to)
{
	unsigned int found;

	for (unsigned int cpu = 0; cpu < MODEL_MAX_CPUS; cpu++)
		from_start[cpu] = USUAL;
	follow(follow_once());
	/* The schedule that was found; if none, the one with the usual reaches. */
	found = follow_once();
	for (unsigned int i = 0; i < found; i++)
		fprintf(to, "# trace %s\n", trace_nth(i)->text);
	if (found < nr_wanted) {
		fprintf(to, "# line %u, '%s', does not come (%u tries); instead: %s\n", found + 1,
			wanted[found].text, tries,
			found < trace_length() ? trace_nth(found)->text : "nothing");
		return XP_CUT;
	}
	fprintf(to, "# the model has a schedule with this event trace; at its end: %s\n",
		model_failure() ? model_failure() : "nothing is wrong");
	return model_failure() ? XP_RED : XP_PASS;
}
