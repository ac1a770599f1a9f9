// SPDX-License-Identifier: GPL-2.0
/* Checkpoints: they change only the number of replayed steps. */
#include <string.h>
#include "litmus_test.h"

u64 lm_fingerprint(void *v)
{
	const struct lm_world *w = v;

	return lm_hash(&w->s, w->bytes);
}

void lm_save(void *v, unsigned slot)
{
	struct lm_world *w = v;

	if (slot >= LM_SLOTS)
		return;
	memcpy(&w->saved[slot], &w->s, w->bytes);
	if (w->relations)
		w->saved_rel[slot] = w->rel;
	if (w->plant_save)
		memset(w->saved[slot].mem, 0, sizeof(w->s.mem));
}

bool lm_restore(void *v, unsigned slot)
{
	struct lm_world *w = v;

	if (slot >= LM_SLOTS || (w->loses && slot % 2 == 0))
		return false;
	memcpy(&w->s, &w->saved[slot], w->bytes);
	if (w->relations)
		w->rel = w->saved_rel[slot];
	return true;
}

/* The same search with checkpoints, without, and with a world that loses some. */
void lm_test_checkpoints(void)
{
	static struct xp_result res, res2;
	struct xp_options opt = {.check_restore = true}, none = {0};
	struct lm_world *w = &lm_machine;
	enum xp_status status = lm_search(lm_wide, true, opt, &res2);
	u64 restored;
	bool same;

	lm_ok(status == XP_PASS, "a restored checkpoint is the state that was saved");
	lm_search(lm_wide, true, none, &res);
	same = lm_same_result(&res, &res2);
	restored = res.replayed;
	w->world.restore = NULL;
	w->world.save = NULL;
	xp_explore(&w->world, w, &none, &res2);
	same &= lm_same_result(&res, &res2);
	lm_ok(same && res.complete && restored * 3 < res2.replayed * 2,
	      "checkpoints: the same search, %llu steps run again, not %llu",
	      (unsigned long long)restored, (unsigned long long)res2.replayed);
	lm_open(lm_wide, true);
	w->loses = true;
	xp_explore(&w->world, w, &none, &res2);
	lm_ok(lm_same_result(&res, &res2) && res.complete,
	      "a checkpoint that is lost: the same search");
	lm_open(lm_wide, true);
	w->plant_save = true;
	status = xp_explore(&w->world, w, &opt, &res2);
	lm_ok(status == XP_RED && strstr(res2.verdict, "checkpoint"),
	      "a checkpoint that lacks memory: %s", res2.verdict);
}
