// SPDX-License-Identifier: GPL-2.0
/*
 * One search by several host processes: workers. Above a depth, the split, every branch is taken
 * that does not sleep, so that no race found below can add one there. The subtree of a state at
 * that depth, or an execution that ends above it, is a job; jobs are independent. Each worker
 * walks the whole tree above the split, in the same order, and does the jobs that no other worker
 * has taken yet.
 *
 * The split does not depend on the number of workers, and the results of jobs are summed in
 * their order up to the first that failed or met a limit. So the result does not depend on which
 * worker did which job.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "engine.h"
#include <explore/plant.h>

#define JOBS_WANTED 256
#define SPLIT_MAX   64
#define NO_JOB	    UINT32_MAX

struct job {
	u64 schedules, blocked, transitions, failures, tally;
	unsigned deepest;
	const char *why; /* string literals only: they have the same address in each worker */
	bool taken, done;
};

/*
 * @most:	stop counting jobs at this number
 * @last:	jobs after this one are not needed: it failed or met the limit
 * @failed:	for each worker, the job of the schedule in its result
 */
struct pool {
	bool counting; /* jobs are being counted, not done */
	bool changed; /* a worker has found more jobs than were counted */
	bool doubtful; /* the world was, while jobs were counted */
	unsigned nr_jobs, last, most;
	struct xp_result result[XP_MAX_PROCS];
	unsigned failed[XP_MAX_PROCS];
	pid_t *pid; /* of each worker but the first, whose array it is; 0: it has ended well */
	unsigned workers;
	struct job *job;
};

void *xp_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		xp_die("no memory for %zu bytes shared by workers", size);
	return p;
}

/* The counters of a worker are those of its job. */
static void job_end(struct xp *x, bool whole)
{
	struct xp_result *r = x->res;

	if (x->job != NO_JOB) {
		struct job *j = &x->pool->job[x->job];

		j->schedules = r->schedules;
		j->blocked = r->blocked;
		j->transitions = r->transitions;
		j->failures = r->failures;
		j->tally = r->tally;
		j->deepest = r->deepest;
		j->why = r->why;
		__atomic_store_n(&j->done, whole, __ATOMIC_RELEASE);
	}
	x->job = NO_JOB;
	r->schedules = r->blocked = r->transitions = r->failures = r->tally = 0;
	r->deepest = 0;
	r->why = NULL;
}

/* Jobs done in a row from the first have as many schedules as were asked for. */
static bool limit_reached(struct xp *x)
{
	u64 sum = 0;

	if (!x->opt->max_schedules)
		return false;
	for (unsigned i = 0; i < x->pool->nr_jobs && sum < x->opt->max_schedules; i++) {
		if (!__atomic_load_n(&x->pool->job[i].done, __ATOMIC_ACQUIRE))
			return false;
		sum += x->pool->job[i].schedules;
	}
	return sum >= x->opt->max_schedules;
}

/* The search has come to the next job: does this worker do it? */
bool pool_claim(struct xp *x)
{
	struct pool *pool = x->pool;
	unsigned job = x->next_job++;

	if (pool->counting) {
		x->stop = ++pool->nr_jobs > pool->most;
		return false;
	}
	job_end(x, true);
	if (job >= pool->nr_jobs) {
		/* The tree differs from the one whose leaves were counted. */
		pool->changed = x->stop = true;
		return false;
	}
	if (job > __atomic_load_n(&pool->last, __ATOMIC_RELAXED) || limit_reached(x)) {
		x->stop = true;
		return false;
	}
	if (__atomic_exchange_n(&pool->job[job].taken, true, __ATOMIC_RELAXED))
		return false;
	x->job = job;
	return !(x->opt->plant & XP_PLANT_SPLIT && job == pool->nr_jobs - 1);
}

/* The current job is the last that is needed. */
void pool_last(struct xp *x)
{
	unsigned last = __atomic_load_n(&x->pool->last, __ATOMIC_RELAXED);

	while (x->job < last && !__atomic_compare_exchange_n(&x->pool->last, &last, x->job, true,
							     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void pool_failure(struct xp *x)
{
	x->pool->failed[x->me] = x->job;
}

bool pool_hopeless(struct xp *x)
{
	return x->job != NO_JOB && x->job > __atomic_load_n(&x->pool->last, __ATOMIC_RELAXED);
}

double pool_done(struct xp *x, u64 *schedules, u64 *transitions)
{
	const struct pool *pool = x->pool;
	unsigned done = 0;

	for (unsigned i = 0; i < pool->nr_jobs && pool->job; i++) {
		if (!__atomic_load_n(&pool->job[i].done, __ATOMIC_ACQUIRE))
			continue;
		done++;
		*schedules += pool->job[i].schedules;
		*transitions += pool->job[i].transitions;
	}
	return (double)done / (pool->nr_jobs + 1);
}

static void search(struct xp *x)
{
	x->next_job = 0;
	x->job = NO_JOB;
	x->stop = false;
	x->shallow = 0;
	xp_search(x);
}

static unsigned count_jobs(struct xp *x, unsigned split)
{
	x->split = split;
	x->pool->nr_jobs = 0;
	search(x);
	x->pool->doubtful |= x->res->doubtful;
	return x->pool->nr_jobs;
}

/*
 * The smallest depth with @wanted jobs: many, so that workers end at about the same time. The
 * number grows with the depth: bisect.
 */
static void find_split(struct xp *x, unsigned wanted)
{
	unsigned most = x->max_depth < SPLIT_MAX ? x->max_depth : SPLIT_MAX;
	unsigned low = 0, high = 1;

	x->pool->counting = true;
	while (high < most && count_jobs(x, high) < wanted) {
		low = high;
		high = 2 * high < most ? 2 * high : most;
	}
	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (count_jobs(x, middle) < wanted)
			low = middle;
		else
			high = middle;
	}
	x->pool->most = UINT32_MAX;
	count_jobs(x, high);
	x->pool->counting = false;
}

static void sum_up(struct xp *x, struct xp_result *sum, unsigned workers)
{
	struct pool *pool = x->pool;
	const char *why = NULL;

	sum->doubtful = pool->doubtful;
	for (unsigned i = 0; i < workers; i++) {
		sum->replayed += pool->result[i].replayed;
		if (pool->result[i].busiest > sum->busiest)
			sum->busiest = pool->result[i].busiest;
		if (!pool->result[i].complete)
			sum->complete = false;
		sum->doubtful |= pool->result[i].doubtful;
		why = xp_reason(why, pool->result[i].why);
	}
	for (unsigned i = 0; i < pool->nr_jobs; i++) {
		const struct job *j = &pool->job[i];

		sum->schedules += j->schedules;
		sum->blocked += j->blocked;
		sum->transitions += j->transitions;
		sum->tally += j->tally;
		if (j->deepest > sum->deepest)
			sum->deepest = j->deepest;
		for (unsigned k = 0; k < workers && j->failures && !sum->failures; k++) {
			if (pool->failed[k] != i)
				continue;
			memcpy(sum->verdict, pool->result[k].verdict, sizeof(sum->verdict));
			sum->failing = pool->result[k].failing;
		}
		sum->failures += j->failures;
		sum->why = xp_reason(sum->why, j->why);
		if (!j->done || i == pool->last)
			break;
		if (x->opt->max_schedules && sum->schedules >= x->opt->max_schedules) {
			sum->why = xp_reason(sum->why, "schedule limit");
			break;
		}
	}
	sum->why = xp_reason(sum->why, why);
	if (sum->why)
		sum->complete = false;
}

static void __attribute__((noreturn)) work(struct xp *x, unsigned me, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(2); /* the parent died before prctl() */
	if (x->world->worker)
		x->world->worker(x->w, me, false);
	progress_watch(x); /* an alarm is not inherited */
	x->me = me;
	x->res = &x->pool->result[me];
	search(x);
	job_end(x, !x->interrupted);
	x->res->busiest = xp_cpu_seconds();
	_exit(0);
}

/* @how: WNOHANG: do not wait if the worker still runs. */
static void wait_for(struct xp *x, unsigned worker, int how)
{
	pid_t pid = x->pool->pid[worker];
	int status;

	while (pid && (pid = waitpid(x->pool->pid[worker], &status, how)) < 0)
		if (errno != EINTR)
			xp_die("%s: worker %u is lost: %s", x->world->name, worker,
			       strerror(errno));
	if (!pid)
		return;
	x->pool->pid[worker] = 0;
	/* Die of the same signal: the parent handles it (child.c). The other workers die too. */
	if (WIFSIGNALED(status)) {
		if (x->world->worker)
			x->world->worker(x->w, worker, true);
		raise(WTERMSIG(status));
	}
	if (status)
		exit(WEXITSTATUS(status)); /* xp_die() has printed why */
}

/* Has a worker died? Then end this process too. */
void pool_look(struct xp *x)
{
	for (unsigned i = 1; !x->me && i < x->pool->workers; i++)
		wait_for(x, i, WNOHANG);
}

void parallel_search(struct xp *x)
{
	struct xp_result *res = x->res;
	unsigned workers = x->opt->workers;
	pid_t pid[XP_MAX_PROCS] = {0}, parent = getpid();
	struct pool *pool;
	size_t jobs;

	if (workers > XP_MAX_PROCS)
		xp_die("%u workers, must be at most %d", workers, XP_MAX_PROCS);
	x->pool = pool = xp_shared(sizeof(*pool));
	pool->last = NO_JOB;
	pool->most = 2 * JOBS_WANTED;
	pool->pid = pid;
	pool->workers = workers;
	memset(pool->failed, 0xff, sizeof(pool->failed));
	x->res = &pool->result[0];
	x->res->complete = true;
	find_split(x, JOBS_WANTED);
	res->transitions = x->shallow;
	res->jobs = pool->nr_jobs;
	jobs = (res->jobs + 1) * sizeof(struct job);
	pool->job = xp_shared(jobs);
	for (unsigned i = 0; i < workers; i++)
		pool->result[i].complete = true;
	fflush(NULL);
	for (unsigned i = 1; i < workers; i++) {
		pid[i] = fork();
		if (pid[i] < 0)
			xp_die("cannot fork a worker: %s", strerror(errno));
		if (!pid[i])
			work(x, i, parent);
	}
	search(x);
	job_end(x, !x->interrupted);
	for (unsigned i = 1; i < workers; i++)
		wait_for(x, i, 0);
	x->res = res;
	sum_up(x, res, workers);
	if (pool->changed && !res->doubtful)
		xp_die("%s: the same steps do not always lead to the same state", x->world->name);
	munmap(pool->job, jobs);
	munmap(pool, sizeof(*pool));
	x->pool = NULL;
}
