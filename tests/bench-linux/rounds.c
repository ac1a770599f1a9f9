/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rounds of one operation: interrupts and time of each, beside those of the reference. Counts are
 * medians: what else the kernel does in a round is not the operation's. Keys: docs/bench.md.
 */
#define _GNU_SOURCE
#include "guest.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WARM_UP	 3
#define PATIENCE 10000 /* times that a round may meet walkers' references */

enum { NS, FLUSH, SYNC, RESCHED, OUTSIDE, NR_COLUMNS };

/* What was measured, by round. */
struct samples {
	unsigned long column[NR_COLUMNS][MAX_ROUNDS];
};

static unsigned int cpus, rounds;
static struct samples of_op, of_reference;
static unsigned int set; /* of results that were measured side by side */

static unsigned long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long)t.tv_sec * 1000000000 + (unsigned long)t.tv_nsec;
}

static unsigned long grown(const unsigned long *before, const unsigned long *after,
			   unsigned int first, unsigned int end)
{
	unsigned long sum = 0;

	for (unsigned int cpu = first; cpu < end; cpu++)
		sum += after[cpu] - before[cpu];
	return sum;
}

static void call(const struct op *op, const char *what, int (*fn)(void))
{
	int ret = fn ? fn() : 0;

	if (ret)
		give_up("%s %s: %s: %s", op->name, op->variant, what, strerror(-ret));
}

/* What one @run took, into row @round. Return: of @run. */
static int measure(int (*run)(void), unsigned int mask, struct samples *into, unsigned int round)
{
	static struct interrupts before, after;
	unsigned long begin, end, flush;
	int ret;

	read_interrupts(&before);
	begin = now_ns();
	ret = run();
	end = now_ns();
	read_interrupts(&after);
	flush = grown(before.tlb, after.tlb, 0, cpus);
	into->column[NS][round] = end - begin;
	into->column[FLUSH][round] = flush;
	into->column[SYNC][round] = grown(before.call, after.call, 0, cpus) - flush;
	into->column[RESCHED][round] = grown(before.resched, after.resched, 0, cpus);
	into->column[OUTSIDE][round] = grown(before.call, after.call, mask, cpus);
	return ret;
}

static void measure_reference(unsigned int mask, unsigned int round)
{
	int ret = measure(reference, mask, &of_reference, round);

	if (ret)
		give_up("membarrier: %s", strerror(-ret));
}

/* Return: how often a walker's reference was met. */
static unsigned int run_round(const struct op *op, unsigned int mask, unsigned int round)
{
	unsigned int met = 0;
	int ret;

	for (;;) {
		call(op, "prepare", op->prepare);
		aim_walkers(op->aim);
		measure_reference(mask, round);
		ret = measure(op->run, mask, &of_op, round);
		aim_walkers(0); /* they would fault in what is not there */
		if (ret != -EAGAIN)
			break;
		if (++met == PATIENCE)
			give_up("%s %s: %u times EAGAIN", op->name, op->variant, met);
	}
	if (ret)
		give_up("%s %s: %s", op->name, op->variant, strerror(-ret));
	call(op, "undo", op->undo);
	return met;
}

/* Results */

static int ascending(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return (x > y) - (x < y);
}

static unsigned long median(const unsigned long *values)
{
	unsigned long copy[MAX_ROUNDS];

	memcpy(copy, values, rounds * sizeof(copy[0]));
	qsort(copy, rounds, sizeof(copy[0]), ascending);
	return copy[rounds / 2];
}

/* Rounds in which one of the counts is not its median: what else the kernel did meanwhile. */
static unsigned int odd_rounds(const struct samples *s)
{
	unsigned long flush = median(s->column[FLUSH]), sync = median(s->column[SYNC]);
	unsigned int odd = 0;

	for (unsigned int i = 0; i < rounds; i++)
		odd += s->column[FLUSH][i] != flush || s->column[SYNC][i] != sync;
	return odd;
}

static void print_result(const char *name, const char *variant, struct samples *s,
			 unsigned int mask, unsigned int met)
{
	unsigned int odd = odd_rounds(s);
	unsigned long *ns = s->column[NS], mid;

	qsort(ns, rounds, sizeof(ns[0]), ascending);
	mid = ns[rounds / 2];
	printf("# json {\"bench\": \"%s\", \"variant\": \"%s\", \"policy\": \"linux\", \"flush\": \"linux\", ",
	       name, variant);
	printf("\"set\": %u, \"cpus\": %u, \"mask\": %u, \"n\": %u, \"unit\": \"ns\", ", set, cpus,
	       mask, rounds);
	printf("\"median\": %lu, \"p99\": %lu, \"max\": %lu, \"spread\": %lu, \"rate\": %lu, ", mid,
	       ns[rounds * 99 / 100], ns[rounds - 1], ns[rounds * 3 / 4] - ns[rounds / 4],
	       mid ? 1000000000 / mid : 0);
	printf("\"flush_ipis\": %lu, \"sync_ipis\": %lu, \"resched_ipis\": %lu, \"outside_ipis\": %lu, ",
	       median(s->column[FLUSH]), median(s->column[SYNC]), median(s->column[RESCHED]),
	       median(s->column[OUTSIDE]));
	printf("\"odd\": %u, \"again\": %u}\n", odd, met);
	fflush(stdout);
}

void run_rounds(const struct op *op, unsigned int of_cpus, unsigned int mask, unsigned int nr)
{
	unsigned int met = 0;

	cpus = of_cpus;
	set = mask * nr_ops + (unsigned int)(op - ops);
	rounds = nr;
	call(op, "begin", op->begin);
	for (unsigned int i = 0; i < WARM_UP; i++)
		run_round(op, mask, 0);
	for (unsigned int i = 0; i < rounds; i++)
		met += run_round(op, mask, i);
	call(op, "end", op->end);
	print_result(op->name, "ipi", &of_reference, mask, 0);
	print_result(op->name, op->variant, &of_op, mask, met);
}
