/* SPDX-License-Identifier: GPL-2.0 */
/* Contestants take turns: the order of <tests/bench.h>. */
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/rand.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/smp.h>
#include <tests/bench.h>

#define ROUNDS	     5 /* of two turns each */
#define TURNS	     (2 * ROUNDS)
#define TICKS_ORDER  2
#define MAX_PER_TURN ((unsigned int)((PAGE_SIZE << TICKS_ORDER) / sizeof(u64) / TURNS))
#define MAX_REFUSED  10000 /* attempts in one turn that came to nothing */

static u64 slice_ms = 100;
static struct rand choice; /* of the samples that are kept */

static int set_slice(const char *value)
{
	u64 ms;

	if (parse_u64(value, &ms) || !ms || ms > 60000)
		return -EINVAL;
	slice_ms = ms;
	return 0;
}
PARAM(slice, "bench: milliseconds of each contestant of a measurement, 1-60000 (100)", set_slice);

u64 bench_slice_ns(void)
{
	return slice_ms * NSEC_PER_MSEC;
}

struct contestant *bench_add(struct measured *m, const struct contestant *c)
{
	if (m->nr == MAX_CONTESTANTS)
		fatal("bench=%s: at most %d contestants; name fewer with policy=", m->bench,
		      MAX_CONTESTANTS);
	m->c[m->nr] = *c;
	m->c[m->nr].idx = m->nr;
	return &m->c[m->nr++];
}

static void empty(void *unused)
{
}

/* What has been counted until now. */
struct counts {
	struct task_acct acct;
	u64 taken;
};

static struct counts counts_now(void)
{
	struct counts now = {.acct = current->acct};
	unsigned int cpu;

	for_each_online_cpu (cpu)
		now.taken += irq_count(cpu, CALL_FUNCTION_VECTOR);
	return now;
}

/*
 * One sample, and in @before what had been counted until the operation. Returns false if the
 * operation came to nothing.
 */
static bool sample(const struct measured *m, struct contestant *c, u64 *ticks,
		   struct counts *before)
{
	int ret = c->prepare ? c->prepare() : 0;
	u64 begin;

	*before = counts_now();
	if (!ret && c->sample) {
		*ticks = c->sample();
	} else if (!ret) {
		begin = insn_rdtsc();
		ret = c->op();
		if (bench_planted(c))
			smp_call_function(empty, NULL, true);
		*ticks = insn_rdtsc() - begin;
	}
	if (ret && ret != -EAGAIN)
		fatal("bench=%s: %s under %s failed (%d); give it more memory (run.sh: MEM=)",
		      m->bench, c->variant, c->policy ?: "no policy", ret);
	return !ret;
}

static void add(struct tally *t, u64 count, bool first)
{
	if (first)
		t->first = count;
	t->uneven |= count != t->first;
	t->sum += count;
}

static void account(struct contestant *c, const struct counts *before)
{
	struct counts now = counts_now();
	bool first = !c->ops++;

	add(&c->flush, now.acct.flush_ipis - before->acct.flush_ipis, first);
	add(&c->sync, now.acct.sync_ipis - before->acct.sync_ipis, first);
	add(&c->taken, now.taken - before->taken, first);
}

/*
 * Sample number @nr of a turn, which begins at @first of all samples. Of more than fit a random
 * choice is kept: of the last ones, say, all would have the same distance to the timer tick.
 */
static void keep(struct contestant *c, unsigned int first, unsigned int nr, u64 ticks)
{
	unsigned int place = nr < MAX_PER_TURN ? nr : rand_below(&choice, nr + 1);

	if (place >= MAX_PER_TURN)
		return;
	c->ticks[first + place] = ticks;
	c->n = first + min(nr + 1, MAX_PER_TURN);
}

static void take_turn(const struct measured *m, struct contestant *c, bool counts)
{
	u64 until = sched_clock() + bench_slice_ns() / TURNS;
	unsigned int taken = 0, refused = 0, kept = c->n;

	BUG_ON(pt_sync_policy_select(c->policy ?: "broadcast"));
	if (counts && c->turn)
		c->turn(c, true);
	do {
		struct counts before;
		u64 ticks;

		if (!sample(m, c, &ticks, &before)) {
			if (refused++ == MAX_REFUSED)
				fatal("bench=%s: %s never succeeds here", m->bench, c->variant);
			continue;
		}
		if (counts) {
			account(c, &before);
			keep(c, kept, taken, ticks);
		}
		taken++;
	} while (!taken || sched_clock() < until);
	if (counts && c->turn)
		c->turn(c, false);
}

void bench_measure(struct measured *m)
{
	struct page *pages[MAX_CONTESTANTS];

	for (unsigned int i = 0; i < m->nr; i++) {
		pages[i] = alloc_pages(GFP_KERNEL, TICKS_ORDER, PAGE_KERNEL);
		if (!pages[i])
			bench_no_memory(m->bench);
		m->c[i].ticks = page_address(pages[i]);
	}
	rand_init(&choice, 0xbe7c4);
	for (unsigned int i = 0; i < m->nr; i++)
		take_turn(m, &m->c[i], false);
	for (unsigned int r = 0; r < ROUNDS; r++) {
		for (unsigned int i = 0; i < m->nr; i++)
			take_turn(m, &m->c[i], true);
		for (unsigned int i = m->nr; i--;)
			take_turn(m, &m->c[i], true);
	}
	BUG_ON(pt_sync_policy_select("broadcast"));
	for (unsigned int i = 0; i < m->nr; i++)
		stats_sort(m->c[i].ticks, m->c[i].n);
	report_measured(m);
	for (unsigned int i = 0; i < m->nr; i++)
		put_page(pages[i]);
}
