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
 * litmus_exact.c: every reachable state, visited once, without the engine. Adds the hashes of
 * the final states to @finals. Return: interleavings, saturating; 0: more than @max states.
 */
u64 lm_exact(const struct lm_program *prog, struct lm_rows *finals, size_t max);

/* litmus_compare.c: does each kind of search end in exactly the states that are reachable? */
bool lm_all_states(const struct lm_program *prog);

/* litmus_loops.c: a program, or a .litmus file if it begins with X86 */
void lm_parse_any(const char *text, struct lm_program *prog);

/* Groups of tests, one a file. */
void lm_test_classic(void);
void lm_test_random(unsigned programs);
void lm_test_plants(unsigned programs);
void lm_test_contract(void);
void lm_test_search(void);
void lm_test_checkpoints(void);
void lm_test_replay(void);
void lm_test_speed(void);
void lm_test_loops(void);

#endif
