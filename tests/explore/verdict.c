/* SPDX-License-Identifier: GPL-2.0 */
/* See verdict.h. */
#include "verdict.h"
#include <string.h>

static size_t kind_length(const char *verdict)
{
	return strcspn(verdict, ":");
}

static bool is_kind(const char *verdict, const char *kind)
{
	return kind_length(verdict) == strlen(kind) && !strncmp(verdict, kind, strlen(kind));
}

bool verdict_same_kind(const char *a, const char *b)
{
	size_t n = kind_length(a);

	return n == kind_length(b) && !strncmp(a, b, n);
}

/* In "CPU0 plain write, mark_block mm/page_alloc.c:37" the name is "plain write, mark_block". */
static bool is_access(const char *text, const char *name)
{
	text += strcspn(text, " ");
	text += strspn(text, " ");
	return !strncmp(text, name, strlen(name)) && text[strlen(name)] == ' ';
}

/* "race: ONE; OTHER" */
static bool is_race_of(const char *verdict, const char *const access[2])
{
	const char *one = strchr(verdict, ' '), *other = strstr(verdict, "; ");

	if (!one || !other || !access[0] || !access[1])
		return false;
	one++;
	other += strlen("; ");
	return (is_access(one, access[0]) && is_access(other, access[1])) ||
	       (is_access(one, access[1]) && is_access(other, access[0]));
}

bool verdict_expected(const struct scenario_case *c, const char *verdict)
{
	if (is_kind(verdict, "race"))
		return is_race_of(verdict, c->race);
	return !c->oracle || is_kind(verdict, c->oracle);
}
