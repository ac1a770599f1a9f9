/* SPDX-License-Identifier: GPL-2.0 */
/* See model_checked.h. */
#include "model_checked.h"
#include <string.h>
#include <kernel/config.h>

static bool needs(const struct scenario_case *c, const char *build)
{
	return c->oracle && !strcmp(c->oracle, build);
}

bool checked_can_see(const struct scenario_case *c)
{
	return (CONFIG_MODEL_RACES || !needs(c, "race")) &&
	       (CONFIG_MODEL_ASAN || !needs(c, "sanitizer"));
}
