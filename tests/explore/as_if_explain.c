/* SPDX-License-Identifier: GPL-2.0 */
/* How an outcome differs from those that a program may have, in words. */
#include "as_if.h"
#include <stdio.h>
#include <string.h>

static void spell_map(u64 m, char *buf, size_t size)
{
	const char *vma = m & MAP_VMA ? "" : ", no VMA";
	const char *mode = m & MAP_VMA_WRITE ? "" : ", VMA read-only";
	const char *start = m & MAP_VMA_START ? ", VMA begins" : "";

	if (m & MAP_GONE)
		snprintf(buf, size, "no mm");
	else if (!(m & MAP_PRESENT))
		snprintf(buf, size, "empty%s%s%s", vma, mode, start);
	else
		snprintf(buf, size, "%#llx%s%s%s%s%s", (unsigned long long)(m >> CONTENTS_SHIFT),
			 m & MAP_HUGE ? " huge" : "", m & MAP_WRITE ? "" : " read-only", vma, mode,
			 start);
}

static void spell_file(u64 f, char *buf, size_t size)
{
	snprintf(buf, size, "%s %#llx%s, on disk %#llx", f & FILE_CACHED ? "has" : "has not",
		 (unsigned long long)((u32)f >> CONTENTS_SHIFT), f & FILE_DIRTY ? " dirty" : "",
		 (unsigned long long)(f >> 32));
}

static bool results(const struct outcome *o, const struct outcome *n, char *buf, size_t size)
{
	for (unsigned int cpu = 0; cpu < PROGRAM_CPUS; cpu++)
		for (unsigned int i = 0; i < PROGRAM_OPS; i++)
			for (unsigned int r = 0; r < PROGRAM_RESULTS; r++) {
				if (o->result[cpu][i][r] == n->result[cpu][i][r])
					continue;
				snprintf(buf, size, "CPU%u %s: result %u is %lld, not %lld", cpu,
					 program_op(cpu, i), r, (long long)o->result[cpu][i][r],
					 (long long)n->result[cpu][i][r]);
				return true;
			}
	return false;
}

static bool maps(const struct outcome *o, const struct outcome *n, char *buf, size_t size)
{
	char is[100], not [64];

	for (unsigned int mm = 0; mm < WORLD_MMS; mm++)
		for (unsigned int page = 0; page < WORLD_PAGES; page++) {
			if (o->map[mm][page] == n->map[mm][page])
				continue;
			spell_map(o->map[mm][page], is, sizeof(is));
			spell_map(n->map[mm][page], not, sizeof(not ));
			snprintf(buf, size, "page %u of %c is %s, not %s", page, 'A' + mm, is,
				 not );
			return true;
		}
	return false;
}

static bool files(const struct outcome *o, const struct outcome *n, char *buf, size_t size)
{
	char is[100], not [64];

	for (unsigned int file = 0; file < WORLD_FILES; file++)
		for (unsigned int i = 0; i < WORLD_INDICES; i++) {
			if (o->file[file][i] == n->file[file][i])
				continue;
			spell_file(o->file[file][i], is, sizeof(is));
			spell_file(n->file[file][i], not, sizeof(not ));
			snprintf(buf, size, "page %u of file %u: %s, not: %s", i, file, is, not );
			return true;
		}
	return false;
}

void as_if_explain(const struct outcome *o, const struct outcome *nearest, char *buf, size_t size)
{
	unsigned int places = as_if_distance(o, nearest);
	size_t n;

	if (!results(o, nearest, buf, size) && !maps(o, nearest, buf, size) &&
	    !files(o, nearest, buf, size))
		snprintf(buf, size, "an operation has not seen one that ended before it began");
	n = strlen(buf);
	if (places > 1)
		snprintf(buf + n, size - n, " (and %u more)", places - 1);
}
