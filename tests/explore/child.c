/* SPDX-License-Identifier: GPL-2.0 */
/* See child.h. Data that must outlive a child lies in memory that it shares with its parent. */
#include "child.h"
#include "engine.h"
#include "host.h"
#include "model_checked.h"
#include "model_world.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <explore/replay.h>
#include <model/machine.h>

/*
 * @said:	the message with which the process ended
 * @worker:	the worker that died: its trail is the schedule
 */
static struct {
	bool answered;
	int answer;
	char said[300], why[400];
	unsigned worker;
	struct model_trail trail[XP_MAX_PROCS];
} * shared;
_Static_assert(MODEL_TRAIL == XP_MAX_DEPTH, "a place for each step");

/* Keep the first message: it is nearest to the cause. */
static void say(const char *what)
{
	if (!*shared->said)
		snprintf(shared->said, sizeof(shared->said), "%s", what);
}

static void worker(void *w, unsigned n, bool died)
{
	if (died)
		shared->worker = n;
	else
		model_trail = &shared->trail[n];
}

void child_init(void)
{
	shared = host_alloc_shared(sizeof(*shared));
	model_record_crashes();
	model_world.worker = worker;
}

void child_of(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(2); /* the parent died before prctl() */
}

static void __attribute__((noreturn))
child(int (*search)(const void *), const void *arg, bool careful, pid_t parent)
{
	child_of(parent);
	xp_on_die = say;
	host_on_die(say);
	if (careful)
		model_careful();
	shared->answer = search(arg);
	if (fflush(stdout) || ferror(stdout))
		xp_die("standard output cannot be written: %s", strerror(errno));
	shared->answered = true;
	_exit(0);
}

void child_describe(int status, char *buf, unsigned long size)
{
	if (WIFSIGNALED(status))
		snprintf(buf, size, "died of signal %d (%s%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)),
			 WTERMSIG(status) == SIGKILL ? ": by hand, or for lack of memory" : "");
	else
		snprintf(buf, size, "ended with status %d", WEXITSTATUS(status));
}

static void explain(int status)
{
	char how[100];

	child_describe(status, how, sizeof(how));
	if (WIFEXITED(status) && WEXITSTATUS(status) == SANITIZER_STATUS)
		snprintf(shared->why, sizeof(shared->why),
			 "a sanitizer has stopped the search; its report is above");
	else if (WIFSIGNALED(status) || !*shared->said)
		snprintf(shared->why, sizeof(shared->why), "the search %s%s", how,
			 *child_schedule() ? ", in the last step of this schedule" : "");
	else
		snprintf(shared->why, sizeof(shared->why), "%s", shared->said);
}

static bool cannot(const char *what)
{
	snprintf(shared->why, sizeof(shared->why), "%s: %s", what, strerror(errno));
	return false;
}

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static bool is_fault(int number)
{
	for (unsigned i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (number == faults[i])
			return true;
	return false;
}

/* One try. @died: of a fault, so another try may get further. */
static bool run_once(int (*search)(const void *), const void *arg, bool careful, bool *died)
{
	pid_t pid, parent = getpid();
	int status;

	memset(shared, 0, sizeof(*shared));
	model_trail = &shared->trail[0];
	*died = false;
	fflush(NULL);
	pid = fork();
	if (!pid)
		child(search, arg, careful, parent);
	if (pid < 0)
		return cannot("a process for the search cannot be started");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return cannot("the process of the search is lost");
	if (shared->answered)
		return true;
	*died = WIFSIGNALED(status) && is_fault(WTERMSIG(status));
	explain(status);
	return false;
}

/* What the next try of a search that has died does, that the last one did not. */
enum retry {
	NO_RETRY,
	PUT_BACK_NEW_LINES, /* those that the crash has recorded */
	COMPARE_MEMORY, /* each time that it is put back: the crash has recorded no line */
};

/* @known: lines that were put back already. */
static enum retry retry_after(enum retry last, unsigned int known)
{
	if (last == COMPARE_MEMORY)
		return NO_RETRY;
	if (!model_crash_lines_full())
		return model_crash_lines() > known ? PUT_BACK_NEW_LINES : COMPARE_MEMORY;
	snprintf(shared->why, sizeof(shared->why),
		 "crashes have found more lines than MAX_CRASH_LINES (arch/model/crash.c)");
	return NO_RETRY;
}

bool child_run(int (*search)(const void *), const void *arg, int *answer)
{
	enum retry retry = NO_RETRY;
	unsigned int known;
	bool died;

	do {
		known = model_crash_lines();
		if (run_once(search, arg, retry == COMPARE_MEMORY, &died)) {
			*answer = shared->answer;
			return true;
		}
		retry = died ? retry_after(retry, known) : NO_RETRY;
	} while (retry != NO_RETRY);
	return false;
}

const char *child_why(void)
{
	return shared->why;
}

const char *child_schedule(void)
{
	static char text[XP_FORMAT_MAX];
	static struct xp_schedule s;
	const struct model_trail *trail = &shared->trail[shared->worker];

	s.nr = trail->nr;
	memcpy(s.proc, trail->proc, s.nr);
	xp_format(&s, text);
	return text;
}

/* Called in the handler of the fault, on its own stack. */
static void fatal(int number)
{
	char how[100];

	child_describe(number, how, sizeof(how)); /* a signal's number is also its wait status */
	fprintf(stderr, "explore: %s: it %s, in the last step of %s\n", model_world.name, how,
		*child_schedule() ? child_schedule() : "none, before any schedule");
	_exit(2);
}

void child_none(void)
{
	child_init();
	model_trail = &shared->trail[0];
	for (unsigned i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		sigaction(faults[i],
			  &(struct sigaction){.sa_handler = fatal, .sa_flags = SA_ONSTACK}, NULL);
}
