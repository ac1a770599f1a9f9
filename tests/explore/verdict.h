/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_VERDICT_H
#define EXPLORE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <tests/scenario_types.h>

#define VERDICT_MAX 600 /* characters, its places spelled: host_spell() */

/* Verdicts as text: 'KIND: what happened', the kind being an oracle, "race", "deadlock" and so on. */

/**
 * verdict_expected - is it what the case says that it is red by?
 * @verdict: as printed, with its places
 *
 * The kind has to be the whole word. A data race counts for a case that names both accesses and
 * for no other, whatever else the case expects.
 */
bool verdict_expected(const struct scenario_case *c, const char *verdict);

/* The same kind. */
bool verdict_same_kind(const char *a, const char *b);

#endif
