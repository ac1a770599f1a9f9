/* SPDX-License-Identifier: GPL-2.0 */
/* The result of a case: its line, and is it what the case expects? See <tests/scenario_run.h>. */
#include <stdarg.h>
#include <kernel/printk.h>
#include <tests/scenario.h>
#include <tests/scenario_run.h>

/* NULL, or what is wrong. */
static const char *wrong(const struct scenario_case *c, const struct scenario_outcome *o)
{
	static char why[200];

	if (o->red && c->expect == NEVER)
		return "red, and must never be";
	if (o->red && !o->its_oracle) {
		snprintf(why, sizeof(why), "red, but not by %s%s%s%s%s",
			 c->oracle ? c->oracle : "an oracle", c->race[0] ? " of " : "",
			 c->race[0] ? c->race[0] : "", c->race[1] ? " and " : "",
			 c->race[1] ? c->race[1] : "");
		return why;
	}
	if (!o->red && !o->complete && !o->bounded) {
		snprintf(why, sizeof(why), "not complete%s%s", o->cut ? ": " : "",
			 o->cut ? o->cut : "");
		return why;
	}
	if (!o->red && c->expect == SOMETIMES)
		return "never red, and must be";
	if (c->useful == NOT_USEFUL && o->useful)
		return "a sync was useful, and none must be";
	if (c->useful == USEFUL && !o->red && !o->useful)
		return "no sync was useful, and some must be";
	return NULL;
}

void scenario_line(char line[SCENARIO_LINE], bool ok, unsigned int number, const struct scenario *s,
		   const struct scenario_case *c, const char *fmt, ...)
{
	char name[128];
	size_t n;
	va_list ap;

	scenario_case_name(s, c, name, sizeof(name));
	n = (size_t)snprintf(line, SCENARIO_LINE, "%sok %u %s # ", ok ? "" : "not ", number, name);
	va_start(ap, fmt);
	vsnprintf(line + n, SCENARIO_LINE - n, fmt, ap);
	va_end(ap);
}

bool scenario_result_line(char line[SCENARIO_LINE], unsigned int number, const struct scenario *s,
			  const struct scenario_case *c, const struct scenario_outcome *o)
{
	const char *why = wrong(c, o);
	char states[32] = "", estimated[36] = "", bounded[32] = "";

	if (o->states)
		snprintf(states, sizeof(states), " states=%llu", o->states);
	if (o->estimated)
		snprintf(estimated, sizeof(estimated), " estimated=%llu", o->estimated);
	if (o->bounded && !o->red)
		snprintf(bounded, sizeof(bounded), " bounded=%u", c->bound);
	scenario_line(line, !why, number, s, c,
		      "%s schedules=%llu%s transitions=%llu complete=%s%s useful=%llu%s%s%s",
		      o->red ? "red" : "never", o->schedules, states, o->transitions,
		      o->complete ? "yes" : "no", estimated, o->useful, bounded, why ? ": " : "",
		      why ? why : "");
	return !why;
}
