// SPDX-License-Identifier: GPL-2.0
/*
 * Loops. If a thread comes back to the same operation with the same registers and flags, and has
 * written nothing meanwhile, the turn has changed nothing: the execution without this turn exists
 * too, and has the same end. So the next turn need not begin before a variable that this one has
 * read has another value (rule 4 of <explore/world.h>). Then executions are finite, and no final
 * state is lost. A thread that still waits so at the end of an execution spins for ever.
 *
 * A turn is detected at jumps backwards, by comparison with one earlier state. That state is
 * replaced after 1, 2, 4... jumps (Brent), so a cycle of several turns is detected as well. If a
 * variable has changed during the turn, the next turn may differ: it does not wait, and is
 * compared again.
 *
 * A loop that writes in each turn ends only if its thread leaves it. If it does not, the search
 * reports that executions are too deep.
 */
#include <string.h>
#include "engine.h"
#include "litmus_x86.h"

static u64 state_of(const struct lm_cpu *c)
{
	u64 all[LM_REGS + 1];

	memcpy(all, c->reg, sizeof(c->reg));
	all[LM_REGS] = (u64)c->pc << 8 | c->flags;
	return lm_hash(all, sizeof(all));
}

static void watch(struct lm_turn *turn, u64 where)
{
	turn->where = where;
	turn->nr = turn->unstable = 0;
	turn->valid = 1;
}

void lm_turn_back(struct lm_cpu *c)
{
	struct lm_turn *turn = &c->turn;
	u64 here = state_of(c);

	if (turn->valid && here == turn->where) {
		if (!turn->unstable)
			turn->spins = 1;
		else
			watch(turn, here);
		return;
	}
	if (turn->valid && ++turn->passed < turn->again)
		return;
	turn->again = turn->valid ? turn->again * 2 : 1;
	turn->passed = 0;
	watch(turn, here);
}

void lm_turn_reads(struct lm_world *w, unsigned t, unsigned var, u64 val)
{
	struct lm_turn *turn = &w->s.cpu[t].turn;
	unsigned i = 0;

	if (!turn->valid)
		return;
	while (i < turn->nr && turn->var[i] != var)
		i++;
	if (i == LM_SPIN)
		xp_die("%s: P%u: a loop that reads more than %d variables", w->prog->name, t,
		       LM_SPIN);
	if (i == turn->nr)
		turn->nr++;
	else if (turn->val[i] != val)
		turn->unstable = 1;
	turn->var[i] = var;
	turn->val[i] = val;
}

void lm_turn_writes(struct lm_cpu *c)
{
	if (c->turn.valid)
		memset(&c->turn, 0, sizeof(c->turn));
}

void lm_turn_begins(struct lm_cpu *c)
{
	struct lm_turn *turn = &c->turn;

	if (turn->spins) {
		turn->spins = 0;
		watch(turn, turn->where);
	}
}

bool lm_turn_can(const struct lm_state *s, unsigned t)
{
	const struct lm_turn *turn = &s->cpu[t].turn;

	for (unsigned i = 0; i < turn->nr; i++)
		if (lm_visible(s, t, turn->var[i]) != turn->val[i])
			return true;
	return false;
}
