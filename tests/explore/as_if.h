/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_AS_IF_H
#define EXPLORE_AS_IF_H

#include <tests/program.h>

/*
 * What a program may give: an outcome that its operations give one after the other, in an order
 * in which each comes after those that had ended before it began. The orders are run on the same
 * code. And afterwards everything can be freed.
 */

/* After model_snapshot(), for the program selected: run the orders. */
void as_if_learn(void);

/* At the end of a schedule: model_fail() if its outcome is none of those, or if frames are left. */
void as_if_judge(void);

/* Where as_if_judge() says how an outcome differs. At most VERDICT characters. */
void as_if_explain(const struct outcome *o, const struct outcome *nearest, char *buf, size_t size);

/* Where two outcomes differ, in how many places; 0: they are the same but for ->saw. */
unsigned int as_if_distance(const struct outcome *a, const struct outcome *b);

#endif
