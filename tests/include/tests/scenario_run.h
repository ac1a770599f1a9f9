/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_RUN_H
#define TESTS_SCENARIO_RUN_H

#include <tests/scenario_types.h>

struct mm_struct;
struct model_config;

/* Between the scenarios, which are kernel code, and the explorer. */
const struct scenario *scenario_nth(unsigned int n); /* by name; NULL past the last */
unsigned int scenario_cpus(const struct scenario *s); /* how many it needs */

/* for (c = s->cases; scenario_is_case(c); c++) */
static inline bool scenario_is_case(const struct scenario_case *c)
{
	return c->flush || c->policy || c->busted;
}
void scenario_case_name(const struct scenario *s, const struct scenario_case *c, char *buf,
			size_t size);

/**
 * struct scenario_outcome - what the search of a case has found
 * @known: the search has ended with an answer
 * @red: some schedule is red
 * @complete: every schedule was run, or ruled out as equivalent to one that was
 * @cut: why it is not complete, or NULL
 * @bounded: nothing but the case's bound is why it is not complete
 * @its_oracle: red by what the case says, which may be anything but a data race
 * @schedules, @transitions: how many were run
 * @states: 0, or the search was one of states, of which it has met so many
 * @estimated: 0, or of a search that did not end: so many states, else schedules, in all
 * @useful: schedules in which a sync found a walker to wait for
 */
struct scenario_outcome {
	bool known, red, complete, bounded, its_oracle;
	const char *cut;
	unsigned long long schedules, states, transitions, estimated, useful;
};

/* A case's line of TAP, "ok NUMBER NAME # ...", or "not ok"; the rest by @fmt. No newline. */
#define SCENARIO_LINE 700
void scenario_line(char line[SCENARIO_LINE], bool ok, unsigned int number, const struct scenario *s,
		   const struct scenario_case *c, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* The same of a search with an answer. Return: is it what the case expects? */
bool scenario_result_line(char line[SCENARIO_LINE], unsigned int number, const struct scenario *s,
			  const struct scenario_case *c, const struct scenario_outcome *o);

void scenario_config(const struct scenario *s, const struct scenario_case *c,
		     struct model_config *config);

/* Only in the explorer of a Linux tree: can the tree do what the case needs? A note of what not. */
bool tree_can_run(const struct scenario *s, const struct scenario_case *c) __attribute__((weak));
void tree_note_left_out(void) __attribute__((weak));

void scenario_select(const struct scenario *s);
int scenario_choose(const struct scenario_case *c); /* backend, policy, bug; -1: no such one */
extern const char *scenario_only_oracle; /* the chosen case's judge */
extern const char *scenario_also_busted; /* a planted bug in each case, besides its own; or NULL */
void scenario_start(void); /* a thread that sets up, then starts the actors: model_boot() */
bool scenario_ready(void); /* it got there */
void scenario_account_for(struct mm_struct *mm); /* at the end of each schedule */
void scenario_account_begin(void); /* after the setup */
void scenario_account(void);
int scenario_mm_held(struct mm_struct *mm); /* locks of it that are held, and gathers in flight */
void scenario_account_mm(struct mm_struct *mm);
bool scenario_finished(void); /* all actors have returned */
void scenario_end(void);
u64 scenario_useful(void); /* syncs of this schedule that found a walker to wait for */
u64 scenario_raced(void); /* tables that were withdrawn while a walk of the mm was open there */

#endif
