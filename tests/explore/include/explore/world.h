/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_WORLD_H
#define EXPLORE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What can be explored: a world of processes. A process is a CPU, or a hardware choice (a
 * store buffer that drains, an interrupt that arrives, a hypervisor that preempts). A world is
 * deterministic: its state after reset() and a sequence of steps is a function of the sequence of
 * their processes. The reduction is sound if steps report what they touch by these rules:
 *
 *  1. Two steps of different processes that share no object, or share only objects that
 *     neither writes, commute: both orders lead to the same state, and neither changes
 *     what the other touches or whether it can run.
 *  2. So everything that decides *what* a step does, or *whether* it can run, and that is not
 *     private to its process, is an object that the step touches, also if the decision was not
 *     to touch another object.
 *  3. An object on which it depends *whether* the step can run has XP_AWAIT set, in every
 *     state: also in one where it can run. A process that cannot run now lists in next()
 *     what it would touch if it could, as far as that is known; one that will never run
 *     again lists nothing. A step that could never be held up sets XP_AWAIT nowhere.
 *  4. A spin loop is one step that cannot run until an object it has read is written: with
 *     XP_AWAIT | XP_SPIN. It waits until the condition is true (then the whole loop is one step)
 *     or until any write (then each turn is one). A world with an unbounded loop of steps that
 *     can always run has no end.
 *  5. XP_WAKE on a write promises that no step of another process that awaits this object
 *     could run right before it: neither in this state, nor in a state that other processes
 *     could reach from it by steps that are independent of the write. So it is not enough that
 *     no process waits yet. An unlock may have it, for a process that wants a held lock waits;
 *     taking a lock may not. It only saves work.
 *  6. A step of another process must not make this one touch less: it may add objects, but
 *     remove, or no longer write or await, only those that it writes itself. A compare-and-exchange
 *     is a write whether it succeeds or not. Where the rule cannot be kept (an interrupt
 *     starts other code on a CPU; a page-table entry decides which entry a walk in one step
 *     reads next), that step writes with XP_TURN the object that decides. It is cheaper not to
 *     need it: make the handler a process during which the CPU cannot run; make each level of
 *     the walk a step.
 *
 * xp_check_world() looks for violations of these rules.
 *
 * An execution ends where no process can run, choices included: from the step of a choice at
 * the end, the search finds what it could have done earlier. It is a proper end if finished() is
 * true; otherwise the verdict is "deadlock", or "livelock" if every essential process that is
 * left spins. A world may end an execution earlier with enough().
 */
typedef uint64_t u64;

#define XP_MAX_PROCS 64
#define XP_MAX_ACC   12
#define XP_MAX_DEPTH 4096 /* steps of one execution */
#define XP_MAX_SLOTS (XP_MAX_DEPTH / 8) /* checkpoints */

enum {
	XP_READ = 1,
	XP_WRITE = 2, /* also a read-modify-write */
	XP_AWAIT = 4, /* whether the step can run depends on it */
	XP_WAKE = 8, /* with XP_WRITE: before it, no step that awaits the object could run */
	XP_SPIN = 16, /* with XP_AWAIT: the CPU is busy waiting; tells livelock from deadlock */
	XP_TURN = 32, /* with XP_WRITE: steps of other processes may touch less after it */
};

struct xp_access {
	uintptr_t obj; /* any number that identifies it, the same in every execution */
	unsigned char rw;
};

struct xp_step {
	unsigned nr;
	struct xp_access acc[XP_MAX_ACC];
};

/**
 * xp_touch - add an access to a step; two of the same object become one with the flags of both
 * @s:		the step, which the engine has emptied
 * @obj:	the object
 * @rw:		XP_READ or XP_WRITE, and more flags
 *
 * Exits with status 2 if there are more than XP_MAX_ACC: use coarser objects.
 */
void xp_touch(struct xp_step *s, uintptr_t obj, unsigned rw);

/**
 * struct xp_world - what is explored; every function but those called optional is needed
 * @name:	for messages
 * @nr_procs:	processes 0 .. @nr_procs - 1, at most XP_MAX_PROCS
 * @essential:	mask of the processes that are CPUs. The others are choices: they do not
 *		count as preemptions, and the minimiser removes them where it can
 * @absent:	mask of processes that can never run in this world: next() is not called for them
 * @turners:	mask of the processes of which some step writes with XP_TURN
 * @reset:	back to the initial state; cheap, once per schedule
 * @save:	optional, with @restore: keep the state as checkpoint @slot, 0 .. XP_MAX_SLOTS - 1,
 *		in place of what that held. About as cheap as a few steps
 * @restore:	optional: back to the state that was kept as @slot. All of it, as if the steps to
 *		it had been taken again (xp_options.check_restore compares). Return: false if it is
 *		lost; then only reset() may follow
 * @enabled:	mask of the processes that can take a step now
 * @next:	what the next step of @p would touch in this state; may be more than step() then
 *		reports, never less. Also called for processes that cannot run (rule 3)
 * @step:	take a step of @p, which can run; @done: what it touched
 * @again:	optional: @n steps that have been taken from here before, at once
 * @finished:	nothing can run: is this a proper end?
 * @enough:	optional; called when no essential process can run but a choice can: stop here?
 *		Sound only if every process that can still run has one step left, no process
 *		could have observed the effect of that step had it come earlier, and it enables
 *		no other step
 * @verdict:	optional; NULL, or what is wrong. Called after each step, and once more with
 *		@end at a proper end. Copied; must be the same text for the same schedule, and
 *		whether there is one must not depend on the order of independent steps
 * @tally:	optional; called at a proper end without a verdict: added up over all schedules
 * @doubtful:	optional; called when a search is over, in each of its workers. True: its result
 *		does not count
 * @worker:	optional; from now on this host process is worker @n of a search. With @died:
 *		worker @n, another host process, has died of a signal, and this one is about to
 *		raise the same signal
 * @fingerprint: optional; hash of the whole state, private state of processes included
 *		(for xp_check_world(); for the litmus tests also of the final state)
 * @image:	optional; hash of all that @save keeps, for xp_options.check_restore. Unlike
 *		@fingerprint it may tell the two orders of independent steps apart
 * @state:	optional, for XP_STATES; hash of the state. After equal states the same steps can be
 *		taken, lead to equal states, and end in equal verdicts, however they were reached.
 *		May change what nobody will read, so that more states are equal
 * @proc_name:	optional; for printing, otherwise the letter of the replay string
 * @describe:	optional; the next step of @p in words, in the state before it
 *
 * Use designated initialisers: optional members may be added.
 */
struct xp_world {
	const char *name;
	unsigned nr_procs;
	u64 essential;
	u64 absent, turners;
	void (*reset)(void *w);
	void (*save)(void *w, unsigned slot);
	bool (*restore)(void *w, unsigned slot);
	u64 (*enabled)(void *w);
	void (*next)(void *w, unsigned p, struct xp_step *s);
	void (*step)(void *w, unsigned p, struct xp_step *done);
	void (*again)(void *w, const unsigned char *procs, unsigned n);
	bool (*finished)(void *w);
	bool (*enough)(void *w);
	const char *(*verdict)(void *w, bool end);
	u64 (*tally)(void *w);
	bool (*doubtful)(void *w);
	void (*worker)(void *w, unsigned n, bool died);
	u64 (*fingerprint)(void *w);
	u64 (*image)(void *w);
	u64 (*state)(void *w);
	const char *(*proc_name)(void *w, unsigned p);
	void (*describe)(void *w, unsigned p, char *buf, size_t size);
};

#endif
