/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_MODEL_CHECKED_H
#define EXPLORE_MODEL_CHECKED_H

#include <stdbool.h>
#include <tests/scenario_types.h>

/* The checked builds, RACES=1 and SANITIZE=1: cases that only one of them can see. */
bool checked_can_see(const struct scenario_case *c);

/*
 * Says so if @status, of the process that searched, is a sanitizer's: not of what it found in
 * the kernel, which is a verdict, but of what it found in the explorer. Returns the exit
 * status that the case then has; otherwise @status.
 */
int checked_status(int status, unsigned int number, const char *name);

#endif
