/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_DIE_H
#define EXPLORE_DIE_H

#include <stdbool.h>

/* The end of a search that has no answer. */

/** xp_die - one line: the error of the world, or what the host lacks; exit with status 2 */
void xp_die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Gets that line; NULL: it goes to standard error. */
extern void (*xp_on_die)(const char *what);

/* Die if this is not called again within @seconds: a step of the world loops. 0: never. */
void xp_watch(unsigned seconds);
bool xp_watching(void);

#endif
