/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_VERDICT_H
#define EXPLORE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <tests/scenario_types.h>

#define VERDICT_MAX 600 /* characters, with places as text: host_spell() */

/* Verdicts as text: 'KIND: what happened', the kind being an oracle, "race", "deadlock" and so on. */

/**
 * verdict_expected - is @verdict the one that the case expects?
 * @verdict: as printed, with its places
 *
 * The kinds must be the same word. A data race is expected only by a case that names both of its
 * accesses.
 */
bool verdict_expected(const struct scenario_case *c, const char *verdict);

/* Are they of the same kind? */
bool verdict_same_kind(const char *a, const char *b);

#endif
