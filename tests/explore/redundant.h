/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_REDUNDANT_H
#define EXPLORE_REDUNDANT_H

#include <stdio.h>
#include <tests/scenario_run.h>

struct case_result {
	const struct scenario *s;
	const struct scenario_case *c;
	struct scenario_outcome *outcome;
};

/**
 * redundant_print - is the second IPI redundant? A line for each scenario and flush
 *
 * Redundant: with it (policy broadcast) no schedule is red and no sync is useful, and without it
 * (policy implied, receipt or never) no schedule is red; both searches are complete.
 * Not needed: the same, but syncs do find walkers, which do no harm.
 * Needed: with it no schedule is red, without it some schedule is.
 * Compared are two cases that differ only in the policy. No line is printed if one of them was
 * not searched, if a schedule is red with the sync, or if an incomplete search leaves it open.
 */
void redundant_print(FILE *to, const struct case_result *results, unsigned int nr);

#endif
