/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_ENGINE_H
#define EXPLORE_ENGINE_H

#include <explore/explore.h>
#include "die.h"
#include "random.h"
#include "states.h"

/*
 * The inside of the search. The path from reset() to the current state is a stack of frames:
 * frame d is the state after d steps and, once a step is taken from it, event d.
 * "Before" and "after" of events is happens-before: the program order of each process and
 * the order of dependent steps. Everything is allocated before the first schedule.
 */
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int16_t s16;

#define BIT(n)	    (1ULL << (n))
#define unlikely(c) __builtin_expect(!!(c), 0)

/* @n: each bit that is set in @mask, from the lowest on. */
#define for_each_bit(n, mask)                                                          \
	for (u64 n##_left = (mask), n; n##_left && (n = __builtin_ctzll(n##_left), 1); \
	     n##_left &= n##_left - 1)

/* A step with its objects as small numbers. @rd and @wr: those numbers modulo 64, as masks. */
struct step {
	u64 rd, wr;
	u16 obj[XP_MAX_ACC];
	u8 rw[XP_MAX_ACC];
	u8 nr;
	bool awaits, turns;
};

/* An access on the path: event * 16 + its number in the step, plus 1. 0: none. */
typedef u32 access_ref;
#define ACCESS_REF(event, acc) ((access_ref)(event)*16 + (acc) + 1)
#define REF_EVENT(ref)	       (((ref)-1) / 16)
#define REF_ACC(ref)	       (((ref)-1) % 16)

/*
 * The processes that are not absent are numbered without gaps: their lanes. Masks of processes:
 *
 * @enabled:	those that can run
 * @sleep0:	those whose step was explored, from here or from further up, before this frame
 *		was entered, and no step since depends on it: it need not be explored again
 * @sleep:	@sleep0, and those explored from this frame since
 * @backtrack:	those to explore from here
 * @banned:	those cut by the preemption bound
 *
 * @proc, @lane: the process of event d, @before: its previous event + 1
 * @cpu:	the essential process that ran last before this state + 1
 * @step:	what event d touched
 * @prev, @prev_write: for each access, the previous one of its object, and the previous write
 */
struct frame {
	u64 enabled, sleep0, sleep, backtrack, banned;
	u8 proc, lane, cpu;
	u16 before;
	unsigned preemptions;
	struct step step;
	access_ref prev[XP_MAX_ACC], prev_write[XP_MAX_ACC];
};

/*
 * @last, @last_write: the newest access on the path
 * @turned:	some step writes it with XP_TURN, not necessarily on this path
 */
struct object {
	access_ref last, last_write;
	bool turned;
};

/* Objects as small numbers, in order of appearance. */
struct objects {
	struct key {
		uintptr_t obj;
		unsigned nr; /* its number + 1, 0: free */
	} * key;
	struct object *obj;
	unsigned size, nr; /* a power of two; used */
};

/* A clock: for each lane its newest event + 1 that is before, or is, the event. */
typedef s16 clock_vec __attribute__((vector_size(16), may_alias));
#define CLOCK_LANES 8

struct progress {
	double start, next, cpu; /* cpu: time that the process had used at the start */
	unsigned countdown; /* steps until the clock is read again */
};

struct xp {
	const struct xp_world *world;
	void *w;
	const struct xp_options *opt;
	struct xp_result *res;
	unsigned depth, max_depth;
	bool dirty; /* the world is not in the state of frame[depth] */
	unsigned every, saved; /* checkpoints: n is the state at depth (n + 1) * every */
	bool stop;
	bool interrupted; /* stopped for time or another worker's result, not by its own */
	struct frame *frame;
	u64 procs; /* mask of those that are not absent */
	u8 lane[XP_MAX_PROCS];
	unsigned nr_lanes;
	struct step *asleep; /* [depth * nr_lanes + lane]: of a process that sleeps there */
	clock_vec *clk; /* [depth * stride] */
	unsigned stride; /* vectors a clock */
	u16 last[XP_MAX_PROCS]; /* newest event of each process + 1 */
	struct objects objs;
	struct states states;
	struct xp_step scratch;
	struct progress progress;

	/* Parallel: see parallel.c. Above @split every branch is taken. */
	unsigned split;
	u64 shallow; /* transitions above it */
	struct pool *pool;
	unsigned me, job, next_job;
};

/* engine.c */
void xp_open(struct xp *x, const struct xp_world *world, void *w, const struct xp_options *opt,
	     struct xp_result *res);
void xp_close(struct xp *x);
void xp_search(struct xp *x);
void xp_cut(struct xp *x, const char *why);
const char *xp_stuck(const struct xp_world *world, void *w);

/* path.c */
void path_checkpoint(struct xp *x, unsigned depth); /* the world has taken @depth steps */
/* To the top of the path. Return: false if check_restore has found a difference. */
bool path_rerun(struct xp *x);

/* object.c */
void objects_open(struct objects *o);
void objects_close(struct objects *o);
void objects_step(struct objects *o, const struct xp_step *s, struct step *e);

/* race.c */
void race_event(struct xp *x);
void race_undo(struct xp *x);
void race_leaf(struct xp *x);
void race_turn(struct xp *x, unsigned p);

/* parallel.c */
bool pool_claim(struct xp *x);
void pool_failure(struct xp *x);
void pool_last(struct xp *x);
bool pool_hopeless(struct xp *x);
void pool_look(struct xp *x);
double pool_done(struct xp *x, u64 *schedules, u64 *transitions); /* a share; of all workers */
void parallel_search(struct xp *x);
void *xp_shared(size_t size); /* memory that workers share; dies without */

/* replay.c; @lenient: leave out steps of processes that cannot run */
struct xp_run;
enum xp_status xp_follow(const struct xp_world *world, void *w, const struct xp_schedule *s,
			 bool lenient, bool go_on,
			 void (*before_step)(void *ctx, void *w, unsigned i, unsigned p), void *ctx,
			 struct xp_run *run);

/* progress.c */
void progress_open(struct xp *x);
void progress_look(struct xp *x);
void progress_close(struct xp *x);
void progress_watch(struct xp *x);
double progress_share(struct xp *x); /* of the tree that was searched, as Knuth estimates */
double xp_seconds(void);
double xp_cpu_seconds(void);

static inline bool steps_dependent(const struct step *a, const struct step *b)
{
	if (!(a->wr & (b->rd | b->wr)) && !(a->rd & b->wr))
		return false;
	for (unsigned i = 0; i < a->nr; i++)
		for (unsigned j = 0; j < b->nr; j++)
			if (a->obj[i] == b->obj[j] && ((a->rw[i] | b->rw[j]) & XP_WRITE))
				return true;
	return false;
}

#endif
