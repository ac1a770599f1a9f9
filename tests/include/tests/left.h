/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_LEFT_H
#define TESTS_LEFT_H

/*
 * The ends of a phase: when all that it set up has been torn down and RCU has run, nothing is
 * left of it. What a bug that was seen before leaves is not judged.
 */

/* No thread of the phase runs yet, and no callback of RCU is pending. */
void left_begin(void);

/*
 * left_locks - the current thread has ended a step: it holds no lock
 * @op: the operation that a violation is charged to
 *
 * Return: false, it does. They are struck off its record, so that the thread can end; the caller
 * begins no other step.
 */
bool left_locks(unsigned int op);

/* Every frame is free, and every count of a free frame is 0. After left_begin(), at the end. */
void left_judge(void);

#endif
