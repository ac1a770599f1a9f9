/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_DIE_H
#define EXPLORE_DIE_H

#include <stdbool.h>

/* The end of a search that has no answer. */

/** xp_die - one line about what the world did wrong, or the machine lacks; exit with status 2 */
void xp_die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Where that line goes instead of standard error; NULL: there. */
extern void (*xp_last_words)(const char *what);

/* If nothing ends for so long, a step of the world loops: die. Until called again, 0: no more. */
void xp_watch(unsigned seconds);
bool xp_watching(void);

#endif
