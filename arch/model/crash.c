/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines that were found changed at a crash. A line that a schedule has changed, and that is not
 * put back, can crash a later schedule before memory is compared (snapshot.c). Then the lines that
 * differ are recorded in shared memory. In processes that are forked afterwards they are known
 * from the beginning.
 */
#include "host.h"
#include "snapshot.h"
#include <model/machine.h>

#define MAX_CRASH_LINES 1024
static struct {
	unsigned int nr;
	const char *line[MAX_CRASH_LINES];
} * crash;

/* Called in the handler of the fault, on its own stack. */
static void record_lines(void)
{
	unsigned int i = nr_known_lines;

	for (lines_compare(); i < nr_known_lines; i++) {
		unsigned int n = __atomic_fetch_add(&crash->nr, 1, __ATOMIC_RELAXED);

		if (n < MAX_CRASH_LINES)
			crash->line[n] = known_lines[i].at;
	}
}

void model_record_crashes(void)
{
	crash = host_alloc_shared(sizeof(*crash));
	host_on_crash(record_lines);
}

unsigned int model_crash_lines(void)
{
	return crash->nr;
}

bool model_crash_lines_full(void)
{
	return crash->nr > MAX_CRASH_LINES;
}

void crash_lines_known(void)
{
	for (unsigned int i = 0; crash && i < crash->nr && i < MAX_CRASH_LINES; i++)
		if (crash->line[i])
			lines_change(crash->line[i], crash->line[i] + 1);
}
