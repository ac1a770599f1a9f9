/* SPDX-License-Identifier: GPL-2.0 */
/* planted=: a slowdown of one policy, by which it is seen that make bench-check can be red. */
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/string.h>
#include <tests/bench.h>

static char planted[32];

bool bench_planted(const struct contestant *c)
{
	return c->policy && !strcmp(c->policy, planted);
}

static int set_planted(const char *value)
{
	linkset_for_each (pt_sync_policy, p)
		if (!strcmp(p->name, value))
			return strscpy(planted, value, sizeof(planted)) < 0 ? -EINVAL : 0;
	return -ENOENT;
}
PARAM(planted, "bench: a policy whose operations get one more broadcast each (default none)",
      set_planted);
