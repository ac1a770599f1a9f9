/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_LITMUS_TEST_H
#define EXPLORE_LITMUS_TEST_H

#include "litmus_outcome.h"

/* litmus_main.c: TAP */
bool lm_ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void lm_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

extern const char lm_wide[]; /* three threads */
extern const char lm_big[]; /* two threads, executions of 60 steps, with TSO */

/*
 * litmus_exact.c: every reachable state, visited once, without the engine; dies if there are more
 * than LM_STATES. Adds the hashes of the final states to @finals. Return: interleavings,
 * saturating.
 */
#define LM_STATES 100000
u64 lm_exact(const struct lm_program *prog, struct lm_rows *finals);

/* litmus_search.c: the machine that tests run programs on */
extern struct lm_world lm_machine;
void lm_open(const char *program, bool tso); /* a .litmus file if it begins with X86 */
enum xp_status lm_search(const char *program, bool tso, struct xp_options opt,
			 struct xp_result *res);
bool lm_same_result(const struct xp_result *a, const struct xp_result *b);

/* litmus_compare.c: does each kind of search of it end in exactly the states that it can reach? */
bool lm_all_states(void);

/* Groups of tests, one a file. */
extern unsigned lm_programs; /* random ones to run */
void lm_test_classic(void);
void lm_test_random(void);
void lm_test_plants(void);
void lm_test_contract(void);
void lm_test_search(void);
void lm_test_checkpoints(void);
void lm_test_replay(void);
void lm_test_speed(void);
void lm_test_loops(void);

#endif
