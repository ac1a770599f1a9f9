/* SPDX-License-Identifier: GPL-2.0 */
/* Programs that were asked for, as scenarios; see <tests/program.h>. */
#include "programs.h"
#include "engine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct scenario *programs;
static unsigned int nr, room;

static void add(const char *name)
{
	const char *wrong;

	if (nr == room) {
		room = room ? 2 * room : 1024;
		programs = realloc(programs, room * sizeof(*programs));
	}
	name = strdup(name);
	if (!programs || !name)
		xp_die("no memory for programs");
	wrong = program_make(name, &programs[nr]);
	if (wrong)
		xp_die("%s is no program: %s", name, wrong);
	nr++;
}

static unsigned int at_most;

static bool take(const char *name)
{
	if (nr == at_most)
		return false;
	add(name);
	return true;
}

unsigned int programs_of(const char *family, u64 seed, unsigned int most)
{
	const struct program_family *f = program_families;

	while (f->name && strcmp(f->name, family))
		f++;
	if (!f->name)
		xp_die("%s: there is no such family of programs", family);
	at_most = most;
	f->each(seed, take);
	return nr;
}

void programs_in(const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;
	char line[200];

	if (!file)
		xp_die("--programs %s: cannot be read", path);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		add(line);
	}
	if (file != stdin)
		fclose(file);
}

const struct scenario *programs_nth(unsigned int n)
{
	return n < nr ? &programs[n] : NULL;
}

bool programs_is_name(const char *name)
{
	return strchr(name, ':');
}

const struct scenario *programs_named(const char *name)
{
	add(name);
	return &programs[nr - 1];
}
