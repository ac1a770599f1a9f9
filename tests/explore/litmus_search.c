// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the search other than completeness: verdicts, limits and bounds, several workers,
 * that the same search gives the same result, and that checkpoints change only the number of
 * replayed steps.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "engine.h"
#include "litmus_file.h"
#include "litmus_test.h"
#include <explore/replay.h>

static const char deadlock[] = "l! m! x=1 m. l. | m! l! y=1 l. m.";
static const char deadlocks[] = "a=z l! m! x=1 m. l. | a=z m! l! y=1 l. m. | z=1";

struct lm_world lm_machine;
static struct xp_result res, res2;

void lm_open(const char *program, bool tso)
{
	static struct lm_program prog;
	static struct lm_file f;

	if (strncmp(program, "X86", 3)) {
		lm_parse(program, &prog);
	} else {
		/* Not freed: the program has pointers into the copy. */
		lm_read_test("(built in)", strdup(program), &f);
		prog = f.prog;
	}
	prog.tso = tso;
	lm_init(&lm_machine, &prog);
}

enum xp_status lm_search(const char *program, bool tso, struct xp_options opt, struct xp_result *r)
{
	lm_open(program, tso);
	return xp_explore(&lm_machine.world, &lm_machine, &opt, r);
}

/* The same number of schedules, and the same verdict. */
static bool same_end(const struct xp_result *a, const struct xp_result *b)
{
	return a->schedules == b->schedules && a->failures == b->failures &&
	       a->complete == b->complete && !strcmp(a->verdict, b->verdict);
}

bool lm_same_result(const struct xp_result *a, const struct xp_result *b)
{
	return same_end(a, b) && a->transitions == b->transitions && a->blocked == b->blocked &&
	       a->failing.nr == b->failing.nr &&
	       !memcmp(a->failing.proc, b->failing.proc, a->failing.nr);
}

static void verdicts(void)
{
	static const struct {
		const char *program;
		bool tso;
		const char *verdict, *what;
	} cases[] = {
		{deadlock, true, "deadlock", "a deadlock is red"},
		{"l! x=1 l. | l! x=2 l.", true, "", "a proper program is not"},
		{"x?1 y=1 | y?1 x=1", true, "livelock", "two that spin are a livelock"},
		{"l! x?1 | l! x=1 l.", false, "deadlock", "one that does not is a deadlock"},
		{"i1 x?1 | cli y?1 : x=1", false, "livelock",
		 "waiting for an interrupt that is never taken is red"},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool red = *cases[i].verdict;
		enum xp_status s =
			lm_search(cases[i].program, cases[i].tso, (struct xp_options){0}, &res);

		lm_ok(s == (red ? XP_RED : XP_PASS) && !strcmp(res.verdict, cases[i].verdict) &&
			      res.complete != red && res.failures == red,
		      "%s", cases[i].what);
	}
	lm_search(deadlocks, true, (struct xp_options){.keep_going = true}, &res);
	lm_search(deadlocks, true, (struct xp_options){.keep_going = true, .reduce = XP_SLEEP},
		  &res2);
	lm_ok(res.failures > 1 && same_end(&res, &res2),
	      "%llu failing schedules of %llu are counted on request",
	      (unsigned long long)res.failures, (unsigned long long)res.schedules);
}

const char lm_wide[] = "x=1 a=y z=1 b=z x=2 c=y | y=1 a=x z=2 b=z y=2 c=x | z=3 a=z";

static void limits(void)
{
	bool good = true, grows = true;
	u64 all, before = 0;
	unsigned bound;

	lm_search(lm_wide, false, (struct xp_options){0}, &res);
	all = res.schedules;
	for (bound = 0; bound < 20; bound++) {
		lm_search(lm_wide, false,
			  (struct xp_options){.bound_preemptions = true, .preemptions = bound},
			  &res);
		grows &= res.schedules >= before;
		before = res.schedules;
		if (res.complete)
			break;
		good &= !strcmp(res.why, "preemption bound");
	}
	lm_ok(good && grows && bound && res.complete && res.schedules == all,
	      "a preemption bound says what it cuts, and at %u nothing", bound);
	for (unsigned workers = 1; workers < 4; workers++) {
		lm_search(lm_wide, true,
			  (struct xp_options){.max_schedules = 500, .workers = workers}, &res);
		lm_search(lm_wide, true,
			  (struct xp_options){.max_schedules = 500, .workers = 5 - workers}, &res2);
		good &= res.schedules >= 500 && !res.complete && !strcmp(res.why, "schedule limit");
		good &= workers == 1 ? res.schedules == 500 : lm_same_result(&res, &res2);
	}
	lm_ok(good, "a schedule limit, by one worker and by more");
	for (unsigned workers = 1; workers < 3; workers++) {
		lm_search(lm_big, true,
			  (struct xp_options){.max_seconds = 0.01, .workers = workers}, &res);
		good &= !res.complete && !strcmp(res.why, "time limit") && res.seconds < 5;
	}
	lm_ok(good, "a time limit, by one worker and by two");
	lm_search(lm_wide, true, (struct xp_options){.max_depth = 12}, &res);
	lm_ok(!res.complete && !strcmp(res.why, "an execution is too deep") && res.deepest == 12,
	      "executions that are too deep are cut and reported");
}

static void workers(void)
{
	static const char middle[] = "x=1 a=y z=1 b=z c=y | y=1 a=x z=2 b=z c=x";
	bool all = true, red = true;

	lm_search(middle, true, (struct xp_options){0}, &res2);
	for (unsigned n = 2; n < 5; n++) {
		static struct xp_result two;

		lm_search(middle, true, (struct xp_options){.workers = n}, &res);
		all &= res.complete && same_end(&res, &res2);
		if (n == 2)
			two = res;
		all &= lm_same_result(&res, &two);
	}
	lm_ok(all, "one to four workers: the same %llu schedules",
	      (unsigned long long)res.schedules);
	for (unsigned n = 2; n < 5; n++) {
		lm_search(deadlock, true, (struct xp_options){.workers = 2}, &res2);
		lm_search(deadlock, true, (struct xp_options){.workers = n}, &res);
		red &= res.failures == 1 && lm_same_result(&res, &res2);
		lm_search(deadlock, true, (struct xp_options){.workers = n, .keep_going = true},
			  &res);
		lm_search(deadlock, true, (struct xp_options){.keep_going = true}, &res2);
		red &= same_end(&res, &res2);
	}
	lm_ok(red, "two to four workers: the same failing schedule");
}

static void same_again(void)
{
	bool good = true;

	for (unsigned reduce = 0; reduce < 3; reduce++) {
		lm_search(deadlock, true, (struct xp_options){.reduce = reduce}, &res);
		lm_search(deadlock, true, (struct xp_options){.reduce = reduce}, &res2);
		good &= lm_same_result(&res, &res2);
	}
	lm_ok(good, "the same search has the same result");
}

/* The same processes, and between them others that never run: process p has number GAP * p + 1. */
#define GAP 5
static struct lm_world dense;

static u64 apart(u64 mask)
{
	u64 to = 0;

	for_each_bit (p, mask)
		to |= BIT(GAP * p + 1);
	return to;
}

static u64 gap_enabled(void *v)
{
	return apart(dense.world.enabled(v));
}

static void gap_next(void *v, unsigned p, struct xp_step *s)
{
	dense.world.next(v, (p - 1) / GAP, s);
}

static void gap_step(void *v, unsigned p, struct xp_step *done)
{
	dense.world.step(v, (p - 1) / GAP, done);
}

static void gaps(void)
{
	static const char program[] = "i1 x=1 a=y l! z=1 l. | cli y=1 sti b=x l! z=2 l. : c=z x=2";
	struct xp_options opt = {0};

	lm_search(program, true, opt, &res2);
	dense = lm_machine;
	lm_machine.world.nr_procs = GAP * dense.world.nr_procs;
	lm_machine.world.essential = apart(dense.world.essential);
	lm_machine.world.turners = apart(dense.world.turners);
	lm_machine.world.absent = ~apart(BIT(dense.world.nr_procs) - 1);
	lm_machine.world.enabled = gap_enabled;
	lm_machine.world.next = gap_next;
	lm_machine.world.step = gap_step;
	xp_explore(&lm_machine.world, &lm_machine, &opt, &res);
	lm_ok(res.schedules > 50 && lm_same_result(&res, &res2),
	      "absent processes make no difference to %llu schedules",
	      (unsigned long long)res.schedules);
}

static void endless(void *v, unsigned p, struct xp_step *done)
{
	(void)v;
	xp_touch(done, p, XP_READ);
	for (volatile bool on = true; on;)
		;
}

/* In a child process, which exits. */
static void stuck(void)
{
	struct xp_options opt = {.step_seconds = 1};
	char text[200] = "";
	int fd[2], status = 0;
	pid_t pid;

	fflush(stdout);
	if (pipe(fd) || (pid = fork()) < 0) {
		lm_ok(false, "no child to hang");
		return;
	}
	if (!pid) {
		dup2(fd[1], STDERR_FILENO);
		lm_open("x=1 | y=1", false);
		lm_machine.world.step = endless;
		xp_explore(&lm_machine.world, &lm_machine, &opt, &res);
		_exit(0);
	}
	close(fd[1]);
	waitpid(pid, &status, 0);
	text[read(fd[0], text, sizeof(text) - 1) > 0 ? strcspn(text, "\n") : 0] = 0;
	close(fd[0]);
	lm_ok(WIFEXITED(status) && WEXITSTATUS(status) == 2 && strstr(text, "has not ended"),
	      "a step that does not end is reported: %s", text);
}

void lm_test_search(void)
{
	stuck();
	verdicts();
	limits();
	workers();
	same_again();
	gaps();
}

/* The same search with checkpoints, without, and with a world that loses some. */
void lm_test_checkpoints(void)
{
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
