/* SPDX-License-Identifier: GPL-2.0 */
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *host_alloc(size_t size)
{
	void *p = aligned_alloc(64, (size + 63) & ~(size_t)63);

	if (!p)
		host_die("out of memory");
	return memset(p, 0, size);
}

void host_free(void *p)
{
	free(p);
}

void host_vprint(const char *fmt, va_list ap)
{
	vprintf(fmt, ap);
}

void host_die(const char *what)
{
	fprintf(stderr, "explore: %s\n", what);
	exit(3);
}
