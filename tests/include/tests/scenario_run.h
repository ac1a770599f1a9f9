/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_RUN_H
#define TESTS_SCENARIO_RUN_H

#include <kernel/types.h>

struct scenario;
struct scenario_case;

/* Between the scenarios, which are kernel code, and who explores them. */
const struct scenario *scenario_nth(unsigned int n); /* by name; NULL past the last */
unsigned int scenario_cpus(const struct scenario *s); /* how many it needs */
void scenario_select(const struct scenario *s);
int scenario_choose(const struct scenario_case *c); /* backend, policy, bug; -1: no such one */
void scenario_start(void); /* a thread that sets up, then starts the actors: model_boot() */
bool scenario_ready(void); /* it got there */
bool scenario_finished(void); /* all actors have returned */
void scenario_end(void);
u64 scenario_useful(void); /* syncs of this schedule that found someone to wait for */

#endif
