/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <kernel/linkset.h>
#include <kernel/sched.h>
#include <mm/mm.h>

/*
 * Measurements (docs/bench.md). One is one file, which registers a struct bench. It has its
 * contestants take turns:
 *
 *	1. warm-up: a turn each, not counted
 *	2. rounds: a turn each in order, then a turn each in reverse order (ABBA), so that
 *	   a drift of the machine's speed affects all of them alike
 *	3. a table of one row each, and with json=on a "# json" line each
 *
 * A turn is many samples: prepare(), then op() between two reads of the TSC. All of it on
 * CPU 0, in the job's thread.
 */

/**
 * struct bench - a measurement
 * @name: for bench=
 * @help: one line: what is measured
 * @min_cpus: CPUs that it takes
 * @pages: free pages that it takes
 */
struct bench {
	const char *name;
	const char *help;
	unsigned int min_cpus;
	unsigned long pages;
	void (*run)(void);
};
LINKSET_DECLARE(bench, const struct bench);
#define BENCH(b) LINKSET_ADD(bench, &(b))

/* A count of every operation: their sum, the first one's, and whether another one's was different. */
struct tally {
	u64 sum, first;
	bool uneven;
};

/**
 * struct contestant - one of those that are compared: what it does, then what came out
 * @variant: what it does, if the measurement has several
 * @policy: under which policy; NULL: it has no sync
 * @label: in reports in place of @policy's name, or NULL
 * @prepare: before each sample, or NULL. Return: 0 or -Exxx, which ends the run
 * @op: what is timed. Return: 0; -EAGAIN, no sample; another -Exxx ends the run
 * @sample: in place of @op: does something and returns how long it took, in TSC ticks
 * @per: operations that a sample holds; 0: one
 * @turn: NULL, or called as a counted turn begins (true) and ends
 * @at: how many times one operation's worth happens at once: for the rate; 0: one
 * @ticks: the samples, sorted once all are there
 * @n: how many; of a turn with many a random choice is kept
 * @ops: how many operations there were
 * @flush, @sync: IPIs that they sent, as this thread has counted
 * @taken: call-function interrupts that all CPUs took meanwhile
 */
struct contestant {
	const char *variant;
	const char *policy;
	const char *label;
	int (*prepare)(void);
	int (*op)(void);
	u64 (*sample)(void);
	void (*turn)(struct contestant *c, bool begin);
	unsigned int per, at;
	u64 *ticks;
	unsigned int n;
	u64 ops;
	struct tally flush, sync, taken;
	unsigned int idx;
};

#define MAX_CONTESTANTS 16

/**
 * struct measured - a set of contestants, and what the report says of all of them
 * @bench: struct bench's name
 * @note: a line under the table's title, or NULL
 * @mask: CPUs that run the mm
 * @more: prints further JSON keys of @c, each with a comma before it; or NULL
 */
struct measured {
	const char *bench;
	const char *note;
	unsigned int mask;
	void (*more)(const struct contestant *c);
	struct contestant c[MAX_CONTESTANTS];
	unsigned int nr;
};

/* Runs all of @m->c, and reports. Context: job's thread, no walker in a walk that outlives it. */
void bench_measure(struct measured *m);

/* One more contestant; dies if there are too many. */
struct contestant *bench_add(struct measured *m, const struct contestant *c);
/* @c once for each policy that was asked for with policy=, else for all that are no planted bugs. */
void bench_add_policies(struct measured *m, const struct contestant *c);
/*
 * The references: a broadcast and its acknowledgements, one whose handlers reload CR3, and the
 * flush of one page of the crew's mm.
 */
void bench_add_references(struct measured *m);
u64 bench_noise(void); /* ticks of an empty pair of TSC reads: the median */
u64 bench_slice_ns(void); /* for all turns of one contestant */
bool bench_json(void);
unsigned int bench_crew(void); /* crew=: how many CPUs run the mm of an operation */
void bench_no_memory(const char *name) __noreturn;

/* The @n-th policy to be measured, or NULL past the last one. */
const char *bench_policy(unsigned int n);

/* planted=: is a broadcast to be added to each operation of this contestant? */
bool bench_planted(const struct contestant *c);

/* The policy's name in reports; @none if it has none. */
static inline const char *contestant_policy(const struct contestant *c, const char *none)
{
	return c->label ?: c->policy ?: none;
}

/* stats.c */
void stats_sort(u64 *v, unsigned int n);
u64 stats_quantile(const u64 *sorted, unsigned int n, unsigned int per_mille);

/* report.c */
void report_machine(void);
void report_measured(const struct measured *m);
void report_interrupts(void);

/**
 * struct crew_walk - where the walkers of an mm walk
 * @addr: walker i looks up the page at @addr + i % @nr * @stride
 */
struct crew_walk {
	struct mm_struct *mm;
	unsigned long addr, stride;
	unsigned int nr;
};

/*
 * The mm is in use on @mask CPUs from here to crew_stop(): by the caller, on CPU 0, and by walkers
 * on CPUs 1, 2, ... Waits until all of them have walked.
 */
void crew_start(const struct crew_walk *walk, unsigned int mask);
void crew_stop(void);
struct mm_struct *crew_mm(void);
/* What each walker does over and over; NULL: one gup_fast_only() of one page, and gives it back. */
void crew_do(void (*walk)(unsigned long addr));
void crew_gup(unsigned long addr);
u64 crew_walks(void); /* of all walkers until now */

/* An operation under every policy beside the references, while a crew of @mask CPUs walks. */
struct bench_op {
	const char *bench, *variant;
	int (*prepare)(void);
	int (*op)(void);
};
void bench_operation(const struct bench_op *op, const struct crew_walk *walk, unsigned int mask);

/* unshare.c, for measurements that take it as their operation: one shared GiB. */
extern const struct bench_op unshare_one;
void unshare_begin(unsigned long gib, struct crew_walk *walk);
void unshare_end(void);

#endif
