/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_MODEL_CHECKED_H
#define EXPLORE_MODEL_CHECKED_H

#include <stdbool.h>
#include <tests/scenario_types.h>

/* The checked builds, RACES=1 and SANITIZE=1: cases that only one of them can see. */
bool checked_can_see(const struct scenario_case *c);

/*
 * Says how the case came out if @status, of the process that searched, is a sanitizer's, and
 * returns the exit status that it then has; otherwise @status.
 */
int checked_status(int status, unsigned int number, const char *name,
		   const struct scenario_case *c);

#endif
