/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include <kernel/types.h>

/* The memory that a schedule changes. See model.h, which includes this, for the rest. */

/* snapshot.c */
enum region_kind { REGION_DATA, REGION_MACHINE, REGION_STACKS };
void model_region(void *base, size_t size, enum region_kind kind);
void lines_learn(void); /* put back also the lines that other processes found to change */
void lines_missed(void (*each)(const char *line)); /* those that differ and are not put back */
void model_changes(const void *from, const void *to); /* a schedule may change [from, to) */

/* late.c: put back also the lines that crashed processes recorded */
void lines_from_crashes(void);

/*
 * Words that shared.c has seen written for the first time; snapshot.c empties it. An array, not
 * a function call: the call would write to the CPU's stack, and only the first time.
 */
#define MAX_WORDS 8192
extern const void *model_written[MAX_WORDS];
extern unsigned int model_nr_written;

/* boot.c: the stacks */
size_t stack_dead(const void *p, size_t size); /* bytes from @p on that will not be read */
void stack_in_use(unsigned long sp); /* down to @sp, by a thread that does not run now */
void stacks_changed(void); /* model_changes() for what has come into use */

#endif
