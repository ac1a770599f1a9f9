// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the search other than completeness: verdicts, limits and bounds, several workers, and
 * that the same search gives the same result.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "engine.h"
#include "litmus_test.h"
#include <explore/replay.h>

static const char deadlock[] = "l! m! x=1 m. l. | m! l! y=1 l. m.";
static const char deadlocks[] = "a=z l! m! x=1 m. l. | a=z m! l! y=1 l. m. | z=1";

static struct lm_program prog;
static struct lm_world w;
static struct xp_result res, res2;

static enum xp_status search(const char *program, bool tso, struct xp_options opt,
			     struct xp_result *r)
{
	lm_parse(program, &prog);
	prog.tso = tso;
	lm_init(&w, &prog);
	return xp_explore(&w.world, &w, &opt, r);
}

static bool same_result(const struct xp_result *a, const struct xp_result *b, bool parts)
{
	return a->schedules == b->schedules && a->failures == b->failures &&
	       a->complete == b->complete && !strcmp(a->verdict, b->verdict) &&
	       (!parts || (a->transitions == b->transitions && a->blocked == b->blocked &&
			   a->failing.nr == b->failing.nr &&
			   !memcmp(a->failing.proc, b->failing.proc, a->failing.nr)));
}

static void verdicts(void)
{
	enum xp_status s = search(deadlock, true, (struct xp_options){0}, &res);

	lm_ok(s == XP_RED && !strcmp(res.verdict, "deadlock") && !res.complete,
	      "a deadlock is red");
	s = search("l! x=1 l. | l! x=2 l.", true, (struct xp_options){0}, &res);
	lm_ok(s == XP_PASS && res.complete && !res.failures, "a proper program is not");
	s = search("x?1 y=1 | y?1 x=1", true, (struct xp_options){0}, &res);
	lm_ok(s == XP_RED && !strcmp(res.verdict, "livelock"), "two that spin are a livelock");
	s = search("l! x?1 | l! x=1 l.", false, (struct xp_options){0}, &res);
	lm_ok(s == XP_RED && !strcmp(res.verdict, "deadlock"), "one that does not is a deadlock");
	s = search("i1 x?1 | cli y?1 : x=1", false, (struct xp_options){0}, &res);
	lm_ok(s == XP_RED && !strcmp(res.verdict, "livelock"),
	      "waiting for an interrupt that is never taken is red");
	search(deadlocks, true, (struct xp_options){.keep_going = true}, &res);
	search(deadlocks, true, (struct xp_options){.keep_going = true, .reduce = XP_SLEEP}, &res2);
	lm_ok(res.failures > 1 && same_result(&res, &res2, false),
	      "%llu failing schedules of %llu are counted on request",
	      (unsigned long long)res.failures, (unsigned long long)res.schedules);
}

const char lm_wide[] = "x=1 a=y z=1 b=z x=2 c=y | y=1 a=x z=2 b=z y=2 c=x | z=3 a=z";

static void limits(void)
{
	bool good = true, grows = true;
	u64 all, before = 0;
	unsigned bound;

	search(lm_wide, false, (struct xp_options){0}, &res);
	all = res.schedules;
	for (bound = 0; bound < 20; bound++) {
		search(lm_wide, false,
		       (struct xp_options){.bound_preemptions = true, .preemptions = bound}, &res);
		grows &= res.schedules >= before;
		before = res.schedules;
		if (res.complete)
			break;
		good &= !strcmp(res.why, "preemption bound");
	}
	lm_ok(good && grows && bound && res.complete && res.schedules == all,
	      "a preemption bound says what it cuts, and at %u nothing", bound);
	for (unsigned workers = 1; workers < 4; workers++) {
		search(lm_wide, true, (struct xp_options){.max_schedules = 500, .workers = workers},
		       &res);
		search(lm_wide, true,
		       (struct xp_options){.max_schedules = 500, .workers = 5 - workers}, &res2);
		good &= res.schedules >= 500 && !res.complete && !strcmp(res.why, "schedule limit");
		good &= workers == 1 ? res.schedules == 500 : same_result(&res, &res2, true);
	}
	lm_ok(good, "a schedule limit, by one worker and by more");
	for (unsigned workers = 1; workers < 3; workers++) {
		search(lm_big, true, (struct xp_options){.max_seconds = 0.01, .workers = workers},
		       &res);
		good &= !res.complete && !strcmp(res.why, "time limit") && res.seconds < 5;
	}
	lm_ok(good, "a time limit, by one worker and by two");
	search(lm_wide, true, (struct xp_options){.max_depth = 12}, &res);
	lm_ok(!res.complete && !strcmp(res.why, "an execution is too deep") && res.deepest == 12,
	      "executions that are too deep are cut and reported");
}

static void workers(void)
{
	static const char middle[] = "x=1 a=y z=1 b=z c=y | y=1 a=x z=2 b=z c=x";
	bool all = true, red = true;

	search(middle, true, (struct xp_options){0}, &res2);
	for (unsigned n = 2; n < 5; n++) {
		static struct xp_result two;

		search(middle, true, (struct xp_options){.workers = n}, &res);
		all &= res.complete && same_result(&res, &res2, false);
		if (n == 2)
			two = res;
		all &= same_result(&res, &two, true);
	}
	lm_ok(all, "one to four workers: the same %llu schedules",
	      (unsigned long long)res.schedules);
	for (unsigned n = 2; n < 5; n++) {
		search(deadlock, true, (struct xp_options){.workers = 2}, &res2);
		search(deadlock, true, (struct xp_options){.workers = n}, &res);
		red &= res.failures == 1 && same_result(&res, &res2, true);
		search(deadlock, true, (struct xp_options){.workers = n, .keep_going = true}, &res);
		search(deadlock, true, (struct xp_options){.keep_going = true}, &res2);
		red &= same_result(&res, &res2, false);
	}
	lm_ok(red, "two to four workers: the same failing schedule");
}

static void same_again(void)
{
	bool good = true;

	for (unsigned reduce = 0; reduce < 3; reduce++) {
		search(deadlock, true, (struct xp_options){.reduce = reduce}, &res);
		search(deadlock, true, (struct xp_options){.reduce = reduce}, &res2);
		good &= same_result(&res, &res2, true);
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

	search(program, true, opt, &res2);
	dense = w;
	w.world.nr_procs = GAP * dense.world.nr_procs;
	w.world.essential = apart(dense.world.essential);
	w.world.turners = apart(dense.world.turners);
	w.world.absent = ~apart(BIT(dense.world.nr_procs) - 1);
	w.world.enabled = gap_enabled;
	w.world.next = gap_next;
	w.world.step = gap_step;
	xp_explore(&w.world, &w, &opt, &res);
	lm_ok(res.schedules > 50 && same_result(&res, &res2, true),
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
		lm_parse("x=1 | y=1", &prog);
		lm_init(&w, &prog);
		w.world.step = endless;
		xp_explore(&w.world, &w, &opt, &res);
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
