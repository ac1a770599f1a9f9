/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_HISTORY_H
#define TESTS_HISTORY_H

#include <kernel/config.h>
#include <kernel/event.h>

/* Two CPUs' events in two columns. */
struct history {
	int cpu[2]; /* [1] may be NO_CPU */
	u64 since;
	u64 at; /* when the violation was found: the newest event of the CPU that captured it */
	unsigned int nr[2];
	bool overwritten[2]; /* the ring did not reach back to since */
	unsigned int first[2],
		left_out[2]; /* history_tell(): where a column begins; of its events */
	struct event ev[2][CONFIG_EVENT_RING];
};

/* Copy both rings now, of @cpu, which is this one, and of @other, or NO_CPU. Context: any. */
void history_capture(struct history *h, int cpu, int other, u64 since);

/* Keep only the events of tables and walks, at most a screenful. Once. */
void history_tell(struct history *h);

/* history_tell(), then print what happened from @since on, oldest first, the lower CPU left; once. Context: task. */
void history_print(struct history *h);

#endif
