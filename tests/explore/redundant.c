/* SPDX-License-Identifier: GPL-2.0 */
/* See redundant.h. */
#include "redundant.h"
#include <string.h>

static bool is_policy(const struct scenario_case *c, const char *name)
{
	return !strcmp(c->policy ? c->policy : "broadcast", name);
}

/* No planted bug, all oracles judge, and the case states whether syncs are useful. */
static bool with_sync(const struct case_result *r)
{
	return r->outcome->known && is_policy(r->c, "broadcast") && !r->c->busted && !r->c->judge &&
	       r->c->useful != NOT_ASKED;
}

static bool same_string(const char *a, const char *b)
{
	return !strcmp(a ? a : "ipi", b ? b : "ipi");
}

/* The same machine and the same flush backend. */
static bool same_but_policy(const struct scenario_case *a, const struct scenario_case *b)
{
	return same_string(a->flush, b->flush) && a->tso == b->tso && a->x2apic == b->x2apic &&
	       a->tce == b->tce && a->invlpgb == b->invlpgb &&
	       a->tlbsync_early == b->tlbsync_early && a->wake_lazy == b->wake_lazy &&
	       a->eager_mask == b->eager_mask && a->trim == b->trim && a->fills == b->fills &&
	       a->ticks == b->ticks && a->preemptions == b->preemptions;
}

/* The case without the sync: always (never), or by what the flush did (implied, receipt). */
static const struct case_result *without_sync(const struct case_result *with,
					      const struct case_result *results, unsigned int nr)
{
	static const char *const policies[] = {"never", "implied", "receipt"};

	for (unsigned int p = 0; p < sizeof(policies) / sizeof(policies[0]); p++)
		for (unsigned int i = 0; i < nr; i++)
			if (results[i].s == with->s && results[i].outcome->known &&
			    is_policy(results[i].c, policies[p]) && !results[i].c->busted &&
			    !results[i].c->judge && same_but_policy(results[i].c, with->c))
				return &results[i];
	return NULL;
}

static const char *verdict(const struct scenario_outcome *with,
			   const struct scenario_outcome *without)
{
	if (with->red)
		return NULL; /* red with the sync: no statement about the sync */
	if (without->red)
		return "needed";
	if (!with->complete || !without->complete)
		return NULL;
	return with->useful ? "not needed" : "redundant";
}

void redundant_print(FILE *to, const struct case_result *results, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		const struct case_result *without;
		const char *word;
		char name[128];

		if (!with_sync(&results[i]))
			continue;
		without = without_sync(&results[i], results, nr);
		word = without ? verdict(results[i].outcome, without->outcome) : NULL;
		if (!word)
			continue;
		scenario_case_name(results[i].s, results[i].c, name, sizeof(name));
		fprintf(to, "# second IPI %s: %s, useful in %llu schedules; %s: %s\n", word, name,
			results[i].outcome->useful, without->c->policy,
			without->outcome->red ? "red" : "never red");
	}
}
