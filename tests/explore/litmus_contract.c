// SPDX-License-Identifier: GPL-2.0
/*
 * xp_check_world() on worlds that break the rules, one rule each. It must find every violation,
 * and must find none in a world that keeps the rules.
 */
#include <string.h>
#include "engine.h"
#include "litmus_test.h"
#include <explore/check.h>

enum lie {
	HONEST,
	FORGETS,
	NO_AWAIT,
	FALSE_WAKE,
	NO_TURN,
	HASTY_WAKE,
	SAYS_LESS,
	MOODY,
	NOT_ABSENT,
	HIDES_TURNER
};

static struct lm_world honest;
static enum lie lie;
static unsigned mood;

static void distort(struct xp_step *s)
{
	for (unsigned i = 0; i < s->nr; i++) {
		if (lie == NO_AWAIT)
			s->acc[i].rw &= ~XP_AWAIT;
		if (lie == FALSE_WAKE && s->acc[i].rw & XP_WRITE)
			s->acc[i].rw |= XP_WAKE;
		if (lie == NO_TURN)
			s->acc[i].rw &= ~XP_TURN;
	}
	if (lie == FORGETS && s->nr > 1)
		s->nr--;
}

/* XP_WAKE on all writes of @p, if no step that can run now awaits anything: it may later. */
static void hasty(void *w, unsigned p, struct xp_step *s)
{
	u64 can = honest.world.enabled(w);

	for (unsigned q = 0; q < honest.world.nr_procs; q++) {
		struct xp_step other = {0};

		honest.world.next(w, q, &other);
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
	honest.world.next(w, p, s);
	distort(s);
	if (lie == HASTY_WAKE)
		hasty(w, p, s);
}

static void step(void *w, unsigned p, struct xp_step *done)
{
	struct xp_step said = {0};

	next(w, p, &said);
	honest.world.step(w, p, done);
	distort(done);
	if (lie == HASTY_WAKE)
		*done = said;
	if (lie == SAYS_LESS && p == 1)
		xp_touch(done, 0x999999, XP_WRITE);
	if (lie == MOODY && ++mood % 7 == 0)
		((struct lm_world *)w)->s.mem[LM_VARS - 1] ^= 1;
}

static bool check(const char *program, bool tso, enum lie what, char *why, size_t size)
{
	static struct lm_program prog;
	struct lm_world w;

	lm_parse_any(program, &prog);
	prog.tso = tso;
	lm_init(&w, &prog);
	honest = w;
	lie = what;
	w.world.next = next;
	w.world.step = step;
	if (what == NOT_ABSENT)
		w.world.absent = BIT(1);
	if (what == HIDES_TURNER)
		w.world.turners = 0;
	return xp_check_world(&w.world, &w, 50, 1, why, size);
}

static const struct {
	enum lie lie;
	const char *what, *program;
	const char *why; /* part of what must be found */
} lies[] = {
	{FORGETS, "a drain omits that it writes memory", "x=1 a=y | y=1 b=x", "depend"},
	{NO_AWAIT, "a loop omits the object that it awaits",
	 "X86 loop\n{ }\nP0 | P1 ;\nL: MOV EAX,[x] | MOV [x],$1 ;\nCMP EAX,$1 | ;\nJNE L | ;\n",
	 "does not await"},
	{NO_AWAIT, "taking a lock omits that it awaits it", "l! l. | l! l.", "does not await"},
	{FALSE_WAKE, "XP_WAKE on a store whose waiter could run before", "x?0 | x=1 x=0",
	 "XP_WAKE"},
	{NO_TURN, "an interrupt omits that it turns steps", "i1 | x=1 : a=y", "touch less"},
	{HASTY_WAKE, "XP_WAKE on taking a lock that no thread waits for yet", "l! l. | a=x l! l.",
	 "can run before"},
	{SAYS_LESS, "a step touches more than next() said", "x=1 | y=1", "did not say"},
	{MOODY, "an execution that does not repeat", "x=1 a=y | y=1 b=x", ""},
	{NOT_ABSENT, "a process that runs is called absent", "x=1 | y=1", "absent"},
	{HIDES_TURNER, "a process that turns steps is no turner", "i1 | x=1 : a=y", "no turner"},
};

void lm_test_contract(void)
{
	char why[512], first[512] = "";
	struct lm_program prog;
	struct lm_world w;
	unsigned clean = 0;

	for (unsigned n = 0; n < 300; n++) {
		for (unsigned tso = 0; tso < 2; tso++) {
			lm_random(n, tso, 6 + n % 5, &prog);
			lm_init(&w, &prog);
			if (xp_check_world(&w.world, &w, 4, n, why, sizeof(why)))
				clean++;
			else if (!*first)
				strcpy(first, why);
		}
	}
	if (!lm_ok(clean == 600,
		   "xp_check_world() finds nothing in 600 worlds that keep the rules"))
		lm_note("%.*s", (int)strcspn(first, "\n"), first);
	for (unsigned i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		const char *program = lies[i].program;
		bool found = !check(program, true, lies[i].lie, why, sizeof(why));
		bool clean = check(program, true, HONEST, first, sizeof(first));

		if (lm_ok(found && clean && strstr(why, lies[i].why), "a violation is found: %s",
			  lies[i].what))
			lm_note("%.*s", (int)strcspn(why, "\n"), why);
		else
			lm_note("lying: %s; honest: %s", found ? why : "-", clean ? "-" : first);
	}
}
