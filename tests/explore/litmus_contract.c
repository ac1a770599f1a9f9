// SPDX-License-Identifier: GPL-2.0
/*
 * xp_check_world() on worlds that break the rules, one rule each. It must find every violation,
 * and must find none in a world that keeps the rules.
 */
#include <string.h>
#include "engine.h"
#include "litmus_test.h"
#include <explore/check.h>

enum violation {
	NONE,
	OMITS_WRITE,
	NO_AWAIT,
	FALSE_WAKE,
	NO_TURN,
	EARLY_WAKE,
	TOUCHES_MORE,
	NOT_REPEATED,
	NOT_ABSENT,
	OMITS_TURNER
};

static struct lm_world correct;
static enum violation planted;
static unsigned count;

static void distort(struct xp_step *s)
{
	for (unsigned i = 0; i < s->nr; i++) {
		if (planted == NO_AWAIT)
			s->acc[i].rw &= ~XP_AWAIT;
		if (planted == FALSE_WAKE && s->acc[i].rw & XP_WRITE)
			s->acc[i].rw |= XP_WAKE;
		if (planted == NO_TURN)
			s->acc[i].rw &= ~XP_TURN;
	}
	if (planted == OMITS_WRITE && s->nr > 1)
		s->nr--;
}

/* XP_WAKE on all writes of @p, if no step that can run now awaits anything: it may later. */
static void early_wake(void *w, unsigned p, struct xp_step *s)
{
	u64 can = correct.world.enabled(w);

	for (unsigned q = 0; q < correct.world.nr_procs; q++) {
		struct xp_step other = {0};

		correct.world.next(w, q, &other);
		for (unsigned i = 0; i < other.nr; i++)
			if (q != p && can & BIT(q) && other.acc[i].rw & XP_AWAIT)
				return;
	}
	for (unsigned i = 0; i < s->nr; i++)
		if (s->acc[i].rw & XP_WRITE)
			s->acc[i].rw |= XP_WAKE;
}

static void next(void *w, unsigned p, struct xp_step *s)
{
	correct.world.next(w, p, s);
	distort(s);
	if (planted == EARLY_WAKE)
		early_wake(w, p, s);
}

static void step(void *w, unsigned p, struct xp_step *done)
{
	struct xp_step said = {0};

	next(w, p, &said);
	correct.world.step(w, p, done);
	distort(done);
	if (planted == EARLY_WAKE)
		*done = said;
	if (planted == TOUCHES_MORE && p == 1)
		xp_touch(done, 0x999999, XP_WRITE);
	if (planted == NOT_REPEATED && ++count % 7 == 0)
		((struct lm_world *)w)->s.mem[LM_VARS - 1] ^= 1;
}

static bool check(const char *program, enum violation what, char *why, size_t size)
{
	struct xp_world *world = &lm_machine.world;

	lm_open(program, true);
	correct = lm_machine;
	planted = what;
	world->next = next;
	world->step = step;
	if (what == NOT_ABSENT)
		world->absent = BIT(1);
	if (what == OMITS_TURNER)
		world->turners = 0;
	return xp_check_world(world, &lm_machine, 50, 1, why, size);
}

static const struct {
	enum violation kind;
	const char *what, *program;
	const char *why; /* part of what must be found */
} violations[] = {
	{OMITS_WRITE, "a drain omits that it writes memory", "x=1 a=y | y=1 b=x", "depend"},
	{NO_AWAIT, "a loop omits the object that it awaits",
	 "X86 loop\n{ }\nP0 | P1 ;\nL: MOV EAX,[x] | MOV [x],$1 ;\nCMP EAX,$1 | ;\nJNE L | ;\n",
	 "does not await"},
	{NO_AWAIT, "taking a lock omits that it awaits it", "l! l. | l! l.", "does not await"},
	{FALSE_WAKE, "XP_WAKE on a store whose waiter could run before", "x?0 | x=1 x=0",
	 "XP_WAKE"},
	{NO_TURN, "an interrupt omits that it turns steps", "i1 | x=1 : a=y", "touch less"},
	{EARLY_WAKE, "XP_WAKE on taking a lock that no thread waits for yet", "l! l. | a=x l! l.",
	 "can run before"},
	{TOUCHES_MORE, "a step touches more than next() said", "x=1 | y=1", "did not say"},
	{NOT_REPEATED, "an execution that does not repeat", "x=1 a=y | y=1 b=x", ""},
	{NOT_ABSENT, "a process that runs is called absent", "x=1 | y=1", "absent"},
	{OMITS_TURNER, "a process that turns steps is no turner", "i1 | x=1 : a=y", "no turner"},
};

void lm_test_contract(void)
{
	char why[512], first[512] = "";
	struct lm_program prog;
	unsigned clean = 0;

	for (unsigned n = 0; n < 300; n++) {
		for (unsigned tso = 0; tso < 2; tso++) {
			lm_random(n, tso, 6 + n % 5, &prog);
			lm_init(&lm_machine, &prog);
			if (xp_check_world(&lm_machine.world, &lm_machine, 4, n, why, sizeof(why)))
				clean++;
			else if (!*first)
				strcpy(first, why);
		}
	}
	if (!lm_ok(clean == 600,
		   "xp_check_world() finds nothing in 600 worlds that keep the rules"))
		lm_note("%.*s", (int)strcspn(first, "\n"), first);
	for (unsigned i = 0; i < sizeof(violations) / sizeof(violations[0]); i++) {
		const char *program = violations[i].program;
		bool found = !check(program, violations[i].kind, why, sizeof(why));
		bool clean = check(program, NONE, first, sizeof(first));

		if (lm_ok(found && clean && strstr(why, violations[i].why),
			  "a violation is found: %s", violations[i].what))
			lm_note("%.*s", (int)strcspn(why, "\n"), why);
		else
			lm_note("planted: %s; without: %s", found ? why : "-", clean ? "-" : first);
	}
}
