/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_HISTORY_H
#define TESTS_HISTORY_H

#include <kernel/config.h>
#include <kernel/event.h>

/* Two CPUs' events, side by side: how a maintainer draws a race. */
struct history {
	int cpu[2]; /* [1] may be NO_CPU */
	u64 since;
	unsigned int nr[2];
	struct event ev[2][CONFIG_EVENT_RING];
};

/* Copy both rings now. Context: any. */
void history_capture(struct history *h, int cpu, int other, u64 since);

/* Print what happened from @since on, oldest first, the lower CPU left; once. Context: task. */
void history_print(struct history *h);

#endif
