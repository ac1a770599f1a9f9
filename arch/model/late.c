/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines that came too late. One that a schedule has changed, and that is not put back, can make a
 * later schedule crash before anybody looks (snapshot.c). What differed by then is left to the
 * processes that are forked afterwards, where it is put back from the beginning.
 */
#include "host.h"
#include "snapshot.h"
#include <model/machine.h>

#define MAX_LATE 1024
static struct {
	unsigned int nr;
	const char *line[MAX_LATE];
} * late;

static void leave(const char *line)
{
	unsigned int n = __atomic_fetch_add(&late->nr, 1, __ATOMIC_RELAXED);

	if (n < MAX_LATE)
		late->line[n] = line;
}

/* On the fault's own stack. */
static void last_words(void)
{
	lines_missed(leave);
}

void model_bequeath(void)
{
	late = host_alloc_shared(sizeof(*late));
	host_last_words(last_words);
}

unsigned int model_bequeathed(void)
{
	return late->nr;
}

bool model_bequest_full(void)
{
	return late->nr > MAX_LATE;
}

void lines_inherit(void)
{
	for (unsigned int i = 0; late && i < late->nr && i < MAX_LATE; i++)
		if (late->line[i])
			model_changes(late->line[i], late->line[i] + 1);
}
