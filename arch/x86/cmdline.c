/* SPDX-License-Identifier: GPL-2.0 */
/* The few options that must be known before the command line can be parsed. */
#include "early.h"
#include <kernel/string.h>

bool cmdline_find(const char *cmdline, const char *name, char *buf, size_t size)
{
	size_t n = strlen(name);
	bool found = false;
	const char *p = cmdline;

	while (*p) {
		const char *end = p;

		while (*end && *end != ' ')
			end++;
		if ((size_t)(end - p) > n && !strncmp(p, name, n) && p[n] == '=') {
			size_t len = (size_t)(end - p) - n - 1;

			if (len >= size)
				len = size - 1;
			memcpy(buf, p + n + 1, len);
			buf[len] = '\0';
			found = true;
		}
		for (p = end; *p == ' '; p++)
			;
	}
	return found;
}
