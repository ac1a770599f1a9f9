/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include <kernel/types.h>

/* What a schedule changes: for the rest of the model, see model.h, which includes this. */

/* snapshot.c */
enum region_kind { REGION_DATA, REGION_MACHINE, REGION_STACKS };
void model_region(void *base, size_t size, enum region_kind kind);
void lines_learn(void); /* what other processes have found to change */
void lines_missed(void (*each)(const char *line)); /* that differ and are not put back */
void model_changes(const void *from, const void *to); /* in a schedule, if only for a while */

/* late.c: what processes that died have left */
void lines_inherit(void);

/*
 * Words that shared.c has seen written for the first time, until snapshot.c takes note of
 * them. A call would leave something on the stack of the CPU that another time is not there.
 */
#define MAX_WORDS 8192
extern const void *model_written[MAX_WORDS];
extern unsigned int model_nr_written;

/* boot.c: the stacks */
size_t stack_dead(const void *p, size_t size); /* bytes from @p on that nobody will read */
void stack_in_use(unsigned long sp); /* down to there, by who does not run now */
void stacks_changed(void); /* model_changes() of what has come into use */

#endif
