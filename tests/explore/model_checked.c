/* SPDX-License-Identifier: GPL-2.0 */
/* See model_checked.h. */
#include "model_checked.h"
#include <stdio.h>
#include <string.h>
#include <kernel/config.h>

/* With this a process ends that a sanitizer cannot let go on (arch/model/asan.c). */
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

int checked_status(int status, unsigned int number, const char *name)
{
	if (status != SANITIZER_STATUS)
		return status;
	printf("not ok %u %s # stopped by a sanitizer, whose report is above\n", number, name);
	fflush(stdout);
	return 1;
}
