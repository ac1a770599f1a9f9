/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cases, each in a process of its own, some at a time. A process prints its own result; what is
 * printed here is of those that died. See case.h.
 */
#include "case.h"
#include "child.h"
#include "engine.h"
#include "host.h"
#include "redundant.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct case_result *cases;
static unsigned int nr_cases;
static pid_t process[MAX_CASES]; /* of cases[i], while it is searched */

/* Of all cases so far. */
static struct {
	bool red, unknown;
} results;

static void no_verdict(unsigned int i, const char *what, const char *why)
{
	char line[SCENARIO_LINE];

	scenario_line(line, false, i + 1, cases[i].s, cases[i].c, "no verdict: %s %s", what, why);
	puts(line);
	fflush(stdout); /* else the next child would print it again */
	results.unknown = true;
}

/* The process of a case has ended. It has printed its result, unless it died. */
static void judge(unsigned int i, int status)
{
	char how[100];

	process[i] = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) <= 2) {
		results.red |= WEXITSTATUS(status) == 1;
		results.unknown |= WEXITSTATUS(status) == 2;
		return;
	}
	child_describe(status, how, sizeof(how));
	no_verdict(i, "the process of the case", how);
}

static unsigned int running(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < nr_cases; i++)
		n += process[i] > 0;
	return n;
}

/* Wait until at most @most are left. */
static void reap(unsigned int most)
{
	int status;
	pid_t pid;

	while (running() > most) {
		pid = wait(&status);
		if (pid < 0 && errno == EINTR)
			continue;
		for (unsigned int i = 0; i < nr_cases; i++) {
			if (pid < 0 && process[i] > 0)
				no_verdict(i, "the process of the case is lost:", strerror(errno));
			if (pid < 0)
				process[i] = 0;
			else if (process[i] == pid)
				judge(i, status);
		}
	}
}

static void start(unsigned int i, struct case_options *opt)
{
	pid_t parent = getpid();

	fflush(stdout);
	process[i] = fork();
	if (!process[i])
		child_of(parent);
	opt->number = i + 1;
	opt->outcome = cases[i].outcome;
	if (!process[i])
		exit((opt->walks ? case_check : case_run)(cases[i].s, cases[i].c, opt));
	if (process[i] < 0)
		no_verdict(i, "a process for the case cannot be started:", strerror(errno));
}

int cases_run(struct case_result *chosen, unsigned int nr, unsigned int jobs, double budget,
	      struct case_options *opt)
{
	const double end = xp_seconds() + budget;
	struct scenario_outcome *outcomes;

	cases = chosen;
	nr_cases = nr;
	signal(SIGCHLD, SIG_DFL); /* if it is ignored, wait() gets no status */
	/* The process of each case writes its own. */
	outcomes = host_alloc_shared(MAX_CASES * sizeof(*outcomes));
	for (unsigned int i = 0; i < nr && !(budget && xp_seconds() > end); i++) {
		cases[i].outcome = &outcomes[i];
		start(i, opt);
		reap(jobs - 1);
	}
	reap(0);
	return results.unknown ? 2 : results.red;
}
