/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include <kernel/types.h>

/*
 * The memory that a schedule changes. What the search calls is in <model/machine.h>.
 *
 * lines.c: a line that is known to change. The first or last one of a region may be smaller.
 */
#define LINE		64
#define MAX_KNOWN_LINES 16384
struct line {
	char *at;
	const char *was; /* in the snapshot */
	size_t size;
};
extern struct line known_lines[MAX_KNOWN_LINES];
extern unsigned int nr_known_lines;

enum region_kind { REGION_DATA, REGION_MACHINE, REGION_STACKS };
void model_region(void *base, size_t size, enum region_kind kind);
void lines_begin(bool whole_stacks); /* copy all regions; watch also unused parts of stacks? */
void lines_change(const void *from, const void *to); /* [from, to) is known to change */
void lines_note(void); /* what was reported: stacks in use, model_written[] */
bool lines_compare(void); /* what differs becomes known. Return: whether anything did */
void lines_learn(void); /* what other processes have found to differ becomes known */

void look_at_times(void); /* snapshot.c: lines_compare(), if it is due */
void crash_lines_known(void); /* crash.c: what crashed processes recorded becomes known */

/*
 * Words that shared.c has seen written for the first time; lines_note() empties it. An array, not
 * a function call: the call would write to the CPU's stack, and only the first time.
 */
#define MAX_WORDS 8192
extern const void *model_written[MAX_WORDS];
extern unsigned int model_nr_written;

/* boot.c: the stacks */
size_t stack_dead(const void *p, size_t size); /* bytes from @p on that will not be read */
void stack_in_use(unsigned long sp); /* down to @sp, by a thread that does not run now */
void stack_waits(unsigned long sp); /* the same, of a thread that another one is run for now */
void stacks_settle(void); /* clear what finished functions have left below SPs */
void stacks_changed(void); /* lines_change() for what has come into use */

#endif
