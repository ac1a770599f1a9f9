/* SPDX-License-Identifier: GPL-2.0 */
/* See number.h. */
#include "number.h"
#include <errno.h>
#include <stdlib.h>

/* @text as a whole is a number, @least or more. */
bool number_of(const char *text, u64 least, u64 *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value >= least;
}

bool number_small(const char *text, unsigned int least, unsigned int *value)
{
	u64 n;

	if (!number_of(text, least, &n) || n > 1000000)
		return false;
	*value = (unsigned int)n;
	return true;
}

bool number_seconds(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && !*end && *value > 0 && *value < 1e9;
}
