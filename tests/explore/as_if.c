/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outcomes that a program may have; see as_if.h. No TLB has anything when a part begins, so
 * that a flush that is missing shows by the difference. A run in some order lets one CPU take its
 * steps until a part of an operation has ended (part_ends()); other CPUs take interrupts
 * meanwhile, and whatever follows from the program has ended on them. Each choice of the next
 * CPU, and each as_if_choose() of an operation, is taken in all ways: depth first, each run from
 * the snapshot.
 */
#include "as_if.h"
#include "engine.h"
#include "host.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <model/machine.h>

#define MAX_CHOICES 64
#define MAX_RUNS    100000

/* The run at hand: which way was taken at each choice so far, and how many there were. */
static struct {
	unsigned int way, ways;
} choice[MAX_CHOICES];
static unsigned int nr_choices, next_choice;

static bool running, learnt;

static struct outcome *allowed;
static unsigned int nr_allowed;

/* Results of CPU1 in the first order in which it ends before CPU0 begins: of the planted bugs. */
static u64 said[PROGRAM_OPS][PROGRAM_RESULTS];
static bool has_said;

static char wrong_locks[160]; /* an operation does not hold what it declares */

bool as_if_running(void)
{
	return running;
}

unsigned int as_if_choose(unsigned int ways)
{
	if (!running || ways < 2)
		return 0;
	if (next_choice == nr_choices) {
		if (nr_choices == MAX_CHOICES)
			xp_die("an order of operations has more choices than MAX_CHOICES");
		choice[nr_choices].way = 0;
		choice[nr_choices++].ways = ways;
	}
	return choice[next_choice++].way;
}

/* The next run in depth-first order. Return: false, that was the last one. */
static bool other_choice(void)
{
	while (nr_choices && choice[nr_choices - 1].way + 1 == choice[nr_choices - 1].ways)
		nr_choices--;
	if (!nr_choices)
		return false;
	choice[nr_choices - 1].way++;
	return true;
}

static u64 on_cpus(enum model_proc_kind kind)
{
	return ((1ULL << MODEL_MAX_CPUS) - 1) << model_proc(kind, 0);
}

#define NOBODY MODEL_MAX_CPUS

/* Take a step: of hardware, of a CPU that does not wait for its turn, else of @turn. */
static bool take_step(unsigned int turn)
{
	u64 on = model_enabled(), at_once;

	at_once = on & (on_cpus(PROC_DRAIN) | on_cpus(PROC_INVLPGB) | on_cpus(PROC_IRQ) |
			on_cpus(PROC_NMI));
	for (unsigned int cpu = 0; !at_once && cpu < MODEL_MAX_CPUS; cpu++)
		if (cpu != turn && !model_at_gate(cpu))
			at_once = on & 1ULL << model_proc(PROC_CPU, cpu);
	if (!at_once && turn != NOBODY)
		at_once = on & 1ULL << model_proc(PROC_CPU, turn);
	if (!at_once || model_failure())
		return false;
	model_step((unsigned int)__builtin_ctzll(at_once));
	return true;
}

/* Return: whose part of an operation is next; NOBODY: all have returned. */
static unsigned int choose_turn(void)
{
	unsigned int waiting[PROGRAM_CPUS], n = 0;

	for (unsigned int cpu = 0; cpu < program_cpus(); cpu++)
		if (!program_returned(cpu))
			waiting[n++] = cpu;
	return n ? waiting[as_if_choose(n)] : NOBODY;
}

/* Return: false, it does not come to an end, or has a verdict: the search will say so. */
static bool run_in_order(void)
{
	unsigned int cpu;

	next_choice = 0;
	model_restore();
	while ((cpu = choose_turn()) != NOBODY) {
		unsigned int parts = program_parts(cpu);

		model_forget();
		while (program_parts(cpu) == parts)
			if (!take_step(cpu))
				return false;
	}
	while (take_step(NOBODY))
		;
	return !model_failure();
}

unsigned int as_if_distance(const struct outcome *a, const struct outcome *b)
{
	const u64 *x = &a->result[0][0][0], *y = &b->result[0][0][0];
	size_t words = offsetof(struct outcome, saw) / sizeof(u64);
	unsigned int n = 0;

	for (size_t i = 0; i < words; i++)
		n += x[i] != y[i];
	return n;
}

static bool same_order(const struct outcome *seen, const struct outcome *order)
{
	const u64 *x = &seen->saw[0][0][0], *y = &order->saw[0][0][0];

	for (size_t i = 0; i < sizeof(seen->saw) / sizeof(u64); i++)
		if (x[i] > y[i])
			return false;
	return true;
}

static void allow(const struct outcome *o)
{
	for (unsigned int i = 0; i < nr_allowed; i++)
		if (!memcmp(&allowed[i], o, sizeof(*o)))
			return;
	allowed = realloc(allowed, (nr_allowed + 1) * sizeof(*allowed));
	if (!allowed)
		xp_die("no memory for the outcomes of a program");
	allowed[nr_allowed++] = *o;
}

static void note_said(const struct outcome *o)
{
	unsigned int n = 0;

	while (n < PROGRAM_OPS && program_op(1, n))
		n++;
	if (has_said || o->saw[0][0][1] != n)
		return;
	memcpy(said, o->result[1], sizeof(said));
	has_said = true;
}

void as_if_learn(void)
{
	unsigned int runs = 0;

	running = true;
	nr_choices = 0;
	do {
		if (run_in_order()) {
			model_look(program_outcome);
			allow(&program_seen);
			note_said(&program_seen);
			if (program_locks_wrong() && !*wrong_locks)
				snprintf(wrong_locks, sizeof(wrong_locks), "%s",
					 program_locks_wrong());
		}
		if (++runs == MAX_RUNS)
			xp_die("the operations of a program have more orders than MAX_RUNS");
	} while (other_choice());
	running = false;
	learnt = true;
	model_restore();
}

static void object(const struct outcome *o)
{
	unsigned int best = 0;
	char why[200];

	for (unsigned int i = 1; i < nr_allowed; i++)
		if (as_if_distance(o, &allowed[i]) < as_if_distance(o, &allowed[best]))
			best = i;
	if (!nr_allowed) {
		model_fail("as-if: the operations do not end one after the other");
		return;
	}
	as_if_explain(o, &allowed[best], why, sizeof(why));
	model_fail("as-if: %s", why);
}

/* Ends of schedules after which everything was freed. Full: it is forgotten. */
#define MAX_BURIED   4096
#define BURY_SECONDS 60
static u64 buried[MAX_BURIED];
static unsigned int nr_buried;

static u64 hash(const struct outcome *o)
{
	const u64 *x = &o->result[0][0][0];
	u64 h = program_hidden;

	for (size_t i = 0; i < offsetof(struct outcome, saw) / sizeof(u64); i++)
		h = (h ^ x[i]) * 0x9e3779b97f4a7c15ULL;
	return h;
}

/* In a child, since it changes far more of the memory than the schedules do. Return: what is wrong. */
static void bury_in_child(int to)
{
	const char *wrong;

	signal(SIGALRM, SIG_DFL);
	alarm(BURY_SECONDS);
	model_go_on(program_bury, program_is_buried);
	wrong = model_failure();
	if (!wrong && program_left())
		dprintf(to, "left: %s", program_left());
	else if (wrong)
		dprintf(to, "%s", wrong);
	_exit(0);
}

static void bury(u64 end)
{
	char wrong[XP_VERDICT_MAX] = "";
	int fds[2], status = 0;
	ssize_t n;
	pid_t pid;

	for (unsigned int i = 0; i < nr_buried; i++)
		if (buried[i] == end)
			return;
	if (pipe(fds) || (pid = fork()) < 0)
		xp_die("no process that frees what a program left");
	if (!pid)
		bury_in_child(fds[1]);
	close(fds[1]);
	n = read(fds[0], wrong, sizeof(wrong) - 1);
	close(fds[0]);
	if (waitpid(pid, &status, 0) != pid || status)
		model_fail("left: all of it: the process that frees it ends with status %#x",
			   status);
	else if (n > 0)
		model_fail("%s", wrong);
	if (model_failure())
		return;
	if (nr_buried == MAX_BURIED)
		nr_buried = 0;
	buried[nr_buried++] = end;
}

void as_if_judge(void)
{
	static struct outcome seen;
	bool good = false;

	if (!learnt)
		return;
	model_look(program_outcome);
	seen = program_seen;
	if (program_says_first())
		memcpy(seen.result[1], said, sizeof(said));
	if (*wrong_locks) {
		model_fail("locks: %s", wrong_locks);
		return;
	}
	for (unsigned int i = 0; i < nr_allowed && !good; i++)
		good = !memcmp(&seen, &allowed[i], offsetof(struct outcome, saw)) &&
		       same_order(&seen, &allowed[i]);
	if (good)
		bury(hash(&seen));
	else
		object(&seen);
}
