// SPDX-License-Identifier: GPL-2.0
/*
 * Run .litmus files, and print results as herd7 does. Witnesses are candidate executions (the
 * reads-from relation and the order of writes), as herd7 counts them.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "engine.h"
#include "litmus_file.h"

struct seen {
	const struct lm_file *f;
	struct lm_rows states, executions;
	u64 positive, negative; /* executions in which the proposition holds, and not */
};

static void add(void *ctx, void *v, const char *verdict)
{
	struct seen *s = ctx;
	const struct lm_file *f = s->f;
	const struct lm_world *w = v;
	u64 row[LM_PLACES], execution, nr = s->executions.nr;
	u64 relations[] = {
		lm_hash(w->rel.reads, sizeof(w->rel.reads)),
		lm_hash(w->rel.order, sizeof(w->rel.order)),
	};

	if (verdict || (f->filter && !lm_holds(f->filter, w)))
		return;
	for (unsigned i = 0; i < f->nr_places; i++)
		row[i] = lm_value(w, &f->place[i]);
	lm_rows_add(&s->states, row);
	execution = lm_hash(relations, sizeof(relations));
	if (lm_rows_add(&s->executions, &execution) < nr)
		return;
	if (lm_holds(f->cond, w))
		s->positive++;
	else
		s->negative++;
}

static void print_states(const struct lm_file *f, const struct lm_rows *states)
{
	printf("States %zu\n", states->nr);
	for (size_t i = 0; i < states->nr; i++) {
		for (unsigned k = 0; k < f->nr_places; k++) {
			fputs(k ? " " : "", stdout);
			lm_print_place(f, &f->place[k], stdout);
			putchar('=');
			lm_print_value(f, &f->place[k], states->row[i * states->width + k], stdout);
			putchar(';');
		}
		putchar('\n');
	}
}

static void print(const struct seen *s)
{
	static const char *const kinds[] = {"Required", "Allowed", "Forbidden"};
	static const char *const words[] = {"forall", "exists", "~exists"};
	const struct lm_file *f = s->f;
	bool forbidden = f->quantifier == LM_NOT_EXISTS;
	bool valid = f->quantifier == LM_EXISTS ? s->positive
		     : forbidden		? !s->positive
						: !s->negative;

	printf("Test %s %s\n", f->name, kinds[f->quantifier]);
	print_states(f, &s->states);
	printf("%s\nWitnesses\nPositive: %llu Negative: %llu\n", valid ? "Ok" : "No",
	       (unsigned long long)(forbidden ? s->negative : s->positive),
	       (unsigned long long)(forbidden ? s->positive : s->negative));
	printf("Condition %s (", words[f->quantifier]);
	lm_print_prop(f, f->cond, stdout);
	printf(")\nObservation %s %s %llu %llu\n\n", f->name,
	       !s->positive   ? "Never"
	       : !s->negative ? "Always"
			      : "Sometimes",
	       (unsigned long long)s->positive, (unsigned long long)s->negative);
}

static int run(struct lm_file *f, const struct lm_options *how)
{
	static struct lm_world w;
	struct seen s = {.f = f};
	struct xp_options opt = {.reduce = how->reduce,
				 .keep_going = true,
				 .max_seconds = how->seconds,
				 .on_end = add,
				 .ctx = &s};
	struct xp_result res;
	char why[200];

	f->prog.tso = !how->sc;
	lm_rows_open(&s.states, f->nr_places);
	lm_rows_open(&s.executions, 1);
	lm_init(&w, &f->prog);
	w.relations = true;
	xp_explore(&w.world, &w, &opt, &res);
	if (res.complete) {
		lm_rows_sort(&s.states);
		print(&s);
		fflush(stdout);
	}
	lm_lacks(&res, why, sizeof(why));
	if (*why)
		fprintf(stderr, "litmus: %s: %s%s\n", f->path, why,
			res.complete ? "; the states are of the others" : "");
	return *why ? 2 : 0;
}

/* In a child process: a file that cannot be read ends only that; the other files are still run. */
static int one_file(const char *path, const struct lm_options *opt)
{
	static struct lm_file f;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		lm_read_test(path, lm_load(path), &f);
		exit(run(&f, opt));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
		fprintf(stderr, "litmus: %s: the process that ran it %s\n", path,
			pid < 0 ? "could not be made" : "died");
		return 2;
	}
	return WEXITSTATUS(status);
}

int lm_files(char **names, int nr, const struct lm_options *opt)
{
	int worst = 0;

	for (int i = 0; i < nr; i++) {
		int status = one_file(names[i], opt);

		worst = status > worst ? status : worst;
	}
	return worst;
}
