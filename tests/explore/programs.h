/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_PROGRAMS_H
#define EXPLORE_PROGRAMS_H

#include <tests/program.h>

/* The programs of a family, as scenarios: at most @most. Return: how many. */
unsigned int programs_of(const char *family, u64 seed, unsigned int most);
/* Those that a file names, one a line; "-": standard input. */
void programs_in(const char *path);
const struct scenario *programs_nth(unsigned int n);

/* One program, by its name. A name with a colon is a program's. Dies if it is none. */
const struct scenario *programs_named(const char *name);
bool programs_is_name(const char *name);

#endif
