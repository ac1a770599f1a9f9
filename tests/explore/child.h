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
 * A line of memory that a schedule has changed, and that was not known to change, can crash the
 * process before memory is compared (arch/model/snapshot.c). The process then records the lines
 * that had changed (arch/model/crash.c), and the search runs again with those known. If a crashed
 * process has recorded none, the search runs once more and compares memory each time.
 *
 * Return: false if there is no answer; then child_why() and child_schedule().
 */
bool child_run(int (*search)(const void *), const void *arg, int *answer);

/* Why the last search has no answer, one line. The schedule in whose last step it was, or "". */
const char *child_why(void);
const char *child_schedule(void);

/* In a new process: end when @parent does, since no other process reads its result. */
void child_of(pid_t parent);

/* Search in this process: a fault ends it with one line and status 2. */
void child_none(void);

/* @status of waitpid() in words, for a process that has not said itself why it ended. */
void child_describe(int status, char *buf, unsigned long size);

#endif
