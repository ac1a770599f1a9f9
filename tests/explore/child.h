/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_CHILD_H
#define EXPLORE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Searches in processes of their own: a machine boots once. A search that ends without an answer
 * (it dies of a signal or of a limit, or cannot be started) has no verdict, and this says why.
 */

/* Once, before the first of them. Exits with status 2 if there is no memory. */
void child_init(void);

/**
 * child_run - @search in a process of its own
 * @answer: what it has returned
 *
 * A line of memory that a schedule has changed, and that was not known to change, can take the
 * whole process along before anybody looks (arch/model/snapshot.c). It leaves behind what had
 * changed; so if the process dies, once more with that, and if it has left nothing, looking each
 * time.
 *
 * Return: false if there is no answer; then child_why() and child_schedule().
 */
bool child_run(int (*search)(const void *), const void *arg, int *answer);

/* Why the last search has no answer, one line; and the schedule whose last step it was in, or "". */
const char *child_why(void);
const char *child_schedule(void);

/* In a new process: end when @parent does, or nobody would ever hear of what it finds. */
void child_of(pid_t parent);

/* Here, without a process of its own: a fault ends it with a line that says the same, status 2. */
void child_none(void);

/* How @status, of waitpid(), came about. For who waits for processes that have said nothing. */
void child_describe(int status, char *buf, unsigned long size);

#endif
