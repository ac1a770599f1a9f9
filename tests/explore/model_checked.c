/* SPDX-License-Identifier: GPL-2.0 */
/* See model_checked.h. */
#include "model_checked.h"
#include <stdio.h>
#include <string.h>
#include <kernel/config.h>

/* With this a process ends where a sanitizer has reported something (arch/model/asan.c). */
#define SANITIZER_STATUS 70

static bool needs(const struct scenario_case *c, const char *build)
{
	return c->oracle && !strcmp(c->oracle, build);
}

bool checked_can_see(const struct scenario_case *c)
{
	return (CONFIG_MODEL_RACES || !needs(c, "race")) &&
	       (CONFIG_MODEL_ASAN || !needs(c, "sanitizer"));
}

int checked_status(int status, unsigned int number, const char *name, const struct scenario_case *c)
{
	bool good = needs(c, "sanitizer");

	if (status != SANITIZER_STATUS)
		return status;
	printf("%sok %u %s # red by a sanitizer, whose report is above\n", good ? "" : "not ",
	       number, name);
	fflush(stdout);
	return good ? 0 : 1;
}
