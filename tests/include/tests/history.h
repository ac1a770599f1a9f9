/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_HISTORY_H
#define TESTS_HISTORY_H

#include <kernel/config.h>
#include <kernel/event.h>
#include <tests/history_mode.h>
#include <tests/oracle.h>

/*
 * Two CPUs' events in two columns.
 *
 *	history_capture()	copies the rings, in any context
 *	history_tell()		leaves out walks that cannot matter
 *	history_print()		marks the events that the verdict is about, folds the others,
 *				gives names to mms, tables and pages, says where each event is from
 */
struct history {
	int cpu[2]; /* [1] may be NO_CPU */
	u64 since;
	u64 at; /* when the violation was found: the newest event of the CPU that captured it */
	struct oracle_object about;
	int judge; /* column of the CPU that captured it; -1: of neither */
	u64 failed; /* time stamp of the event at which the oracle failed, or later; 0: as @at */
	unsigned int nr[2];
	bool overwritten[2]; /* the ring did not reach back to since */
	unsigned int first[2],
		left_out[2]; /* history_tell(): where a column begins; of its events */
	struct event ev[2][CONFIG_EVENT_RING];
};

/* Copy both rings now, of @cpu, which is this one, and of @other, or NO_CPU. Context: any. */
void history_capture(struct history *h, int cpu, int other, u64 since, struct oracle_object about);

/* Keep only the events of tables and walks, at most a screenful. Once. */
void history_tell(struct history *h);

/*
 * Print the rings of all CPUs, each event in a line of its own, for tools/trace.py. What the last
 * history_print() has named and marked is named and marked here, too. @ns: what a thousand ticks of
 * an event's time last, @most: how many events of a CPU, the newest. Context: any in which one may print, one CPU at a time; the rings are stopped.
 */
void history_trace(u64 ns, unsigned int most);

/* Print what happened from @since on, oldest first, the lower CPU left; once. Context: task. */
void history_print(struct history *h, enum history_mode mode);

#endif
