/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The snapshot in which every schedule begins, and checkpoints on the path of the search. Both are
 * put back by the known lines (lines.c). A line that differs and is not known is found when memory
 * is compared: each time before lines are put back, saved or hashed, until LOOK_ALWAYS comparisons
 * have found none; from then on each LOOK_EVERY times. A line found after that was missed:
 * schedules since the last comparison do not count, and the search begins again.
 */
#include "asan.h"
#include "model.h"
#include "host.h"
#include "race.h"
#include <kernel/bug.h>
#include <asm/percpu.h>

#define LOOK_EVERY  128
#define LOOK_ALWAYS 512

static struct {
	u64 nr, found; /* calls of look_at_times(); the last one that found a line */
	bool missed;
	bool careful; /* compare each time, also unused parts of stacks */
} looks;

/* A state on the path of the search: the known lines. Lost when more lines have become known. */
static struct checkpoint {
	unsigned int nr, room;
	unsigned long cpu_off;
	char *lines;
} checkpoints[MODEL_MAX_CHECKPOINTS];

void model_careful(void)
{
	looks.careful = true;
}

void model_snapshot(void)
{
	machine.exploring = true;
	machine.first_step = machine.steps;
	lines_begin(looks.careful);
	crash_lines_known();
}

/* A list of which one end is put back can crash the search: worse than a wrong result. */
void look_at_times(void)
{
	u64 quiet = ++looks.nr - looks.found;

	lines_note();
	if (looks.nr % LOOK_EVERY != 1 && quiet >= LOOK_ALWAYS && !looks.careful)
		return;
	if (!lines_compare())
		return;
	looks.missed |= quiet > LOOK_ALWAYS && !looks.careful;
	looks.found = looks.nr;
}

unsigned int model_lines(void)
{
	return nr_known_lines;
}

bool model_missed(void)
{
	bool missed = lines_compare() || looks.missed;

	looks.missed = false;
	return missed;
}

static inline void copy_line(char *to, const char *from, size_t size)
{
	if (likely(size == LINE))
		__builtin_memcpy(to, from, LINE);
	else
		__builtin_memcpy(to, from, size);
}

void model_restore(void)
{
	race_reset();
	asan_restore();
	look_at_times();
	for (unsigned int i = 0; i < nr_known_lines; i++)
		copy_line(known_lines[i].at, known_lines[i].was, known_lines[i].size);
}

void model_save(unsigned int slot)
{
	struct checkpoint *p = &checkpoints[slot];

	look_at_times();
	if (p->room < nr_known_lines) {
		host_free(p->lines);
		p->room = nr_known_lines + nr_known_lines / 4;
		p->lines = host_alloc((size_t)p->room * LINE);
	}
	p->nr = nr_known_lines;
	p->cpu_off = model_cpu_off;
	for (unsigned int i = 0; i < nr_known_lines; i++)
		copy_line(p->lines + i * LINE, known_lines[i].at, known_lines[i].size);
}

bool model_restore_saved(unsigned int slot)
{
	const struct checkpoint *p = &checkpoints[slot];

	look_at_times();
	if (p->nr != nr_known_lines)
		return false;
	for (unsigned int i = 0; i < nr_known_lines; i++)
		copy_line(known_lines[i].at, p->lines + i * LINE, known_lines[i].size);
	model_cpu_off = p->cpu_off;
	return true;
}
