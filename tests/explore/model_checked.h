/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_MODEL_CHECKED_H
#define EXPLORE_MODEL_CHECKED_H

#include <stdbool.h>
#include <tests/scenario_types.h>

/* The checked builds, RACES=1 and SANITIZE=1: cases that only one of them can see. */
bool checked_can_see(const struct scenario_case *c);

/* Exit status of a process that a sanitizer has ended (arch/model/asan.c). */
#define SANITIZER_STATUS 70

#endif
