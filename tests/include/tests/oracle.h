/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include <kernel/busted.h>
#include <kernel/cpumask.h>
#include <kernel/event.h>
#include <kernel/linkset.h>
#include <kernel/preempt.h>
#include <kernel/types.h>

/*
 * Oracles. Each listens to events, keeps its own shadow of what it judges, and never
 * reads the state that it judges: a bug in that state cannot hide itself. A verdict is
 * oracle_fail(): it counts, keeps the history of the first one, and never panics.
 */
struct oracle {
	const char *name;
	const char *help;
	unsigned int where; /* ORACLE_MODEL, ORACLE_METAL: besides the torture */
	const char *replaces; /* on driven CPUs judges in place of this one, and only its cases */
	bool on_request; /* judges only if oracles= names it: it is red for what Linux does */
	void (*init)(void); /* once, before the page allocator: memblock_alloc_or_die() */
	/* Before each phase, no operation in flight: forget findings, keep shadows. Under oracle_lock(). */
	void (*reset)(void);
};
LINKSET_DECLARE(oracle, const struct oracle);
#define ORACLE_MODEL BIT(0) /* the modelled machine: arch/model/model.mk looks for this word */
#define ORACLE_METAL BIT(1) /* driven CPUs */

/* Only the oracles of this comma-separated list judge; empty: all but those on_request. -ENOENT, -EINVAL: too long. */
int oracle_select(const char *list);

#define ORACLE(o) LINKSET_ADD(oracle, &(o))

void oracle_reset(void);

/*
 * A shadow of fixed size that is full loses a record. Each that can be full has one of these, and
 * calls oracle_lost(): what was judged since the reset is then red or "incomplete", never sound.
 *
 *	ORACLE_LOSS(lost, &walks_oracle, "withdrawals", MAX_WITHDRAWALS);
 *	...
 *	if (nr == oracle_room(&lost)) {
 *		oracle_lost(&lost);
 */
struct oracle_loss {
	const struct oracle *oracle;
	const char *what; /* plural */
	unsigned int room; /* for so many of them, on each CPU if it is per CPU */
	u64 nr; /* lost since oracle_reset() */
};
LINKSET_DECLARE(oracle_loss, struct oracle_loss);
#define ORACLE_LOSS(ident, o, lwhat, lroom)                                                  \
	static struct oracle_loss ident = {.oracle = (o), .what = (lwhat), .room = (lroom)}; \
	LINKSET_ADD(oracle_loss, &ident)

/* For how many there is room. */
DECLARE_BUSTED(oracle_no_room);
static inline unsigned int oracle_room(const struct oracle_loss *l)
{
	return busted(oracle_no_room) ? 1 : l->room;
}

/* A record was lost. Context: any, NMI included. */
void oracle_lost(struct oracle_loss *l);

/* The first loss of an oracle that judges since oracle_reset(), or NULL. */
const struct oracle_loss *oracle_incomplete(void);

/* As a verdict on one schedule: name of the oracle, room, what. */
#define ORACLE_INCOMPLETE "incomplete: %s: its table of %u %s is full, one was forgotten"

/* Print which tables were full, a line each. */
void oracle_report_losses(void);

#define NO_CPU -1

/* What a verdict is about. The history marks the events that are about it, too. */
struct oracle_object {
	enum event_kind kind; /* EVENT_NUMBER: nothing that has a name */
	u64 nr;
	u64 mm, addr; /* of a page: where it is, or was, mapped; 0: not known */
};
#define ABOUT_NOTHING		   ((struct oracle_object){EVENT_NUMBER, 0, 0, 0})
#define ABOUT_MM(id)		   ((struct oracle_object){EVENT_MM, (id), 0, 0})
#define ABOUT_TABLE(pfn)	   ((struct oracle_object){EVENT_TABLE, (pfn), 0, 0})
#define ABOUT_PAGE(pfn)		   ((struct oracle_object){EVENT_PAGE, (pfn), 0, 0})
#define ABOUT_PAGE_AT(pfn, id, va) ((struct oracle_object){EVENT_PAGE, (pfn), (id), (va)})

/**
 * oracle_fail - a verdict: something happened that must never happen
 * @o: the oracle
 * @op: the operation that it is charged to (op_of_task())
 * @other_cpu: the other CPU of the race, or NO_CPU
 * @since: sched time stamp (event tsc) from which the history matters
 * @about: the object that was withdrawn, freed or reused too early
 * @fmt: what happened, one line
 *
 * Context: any, NMI and an observer with IRQs off included: no lock is taken.
 */
void oracle_fail(const struct oracle *o, unsigned int op, int other_cpu, u64 since,
		 struct oracle_object about, const char *fmt, ...) __printf(6, 7);

u64 oracle_violations(void); /* since oracle_reset() */

/* The first of them, one line, until it is reported; NULL: none. */
const char *oracle_first(void);

/* Print the first violation since oracle_reset(), once: the line and the two-column history. */
void oracle_report_first(void);

/*
 * Which operation a task carries out, by event.task. Operations are numbered by the
 * torture; 0 is "none". Counters per operation that the oracles fill:
 */
#define MAX_OPS 16
struct op_counts {
	u64 useful; /* syncs that found a walker to wait for */
	u64 missed; /* those of them that were left out */
	u64 useful_cpus; /* how many CPUs those were */
	u64 withdrawn; /* tables taken out of an mm */
	u64 raced; /* those that found an open walk of the mm there */
	u64 viol;
};
extern struct op_counts op_counts[MAX_OPS];
extern const char *op_names[MAX_OPS];
void op_begin(unsigned int op); /* current task */
void op_end(void);
void op_charge(unsigned int op); /* the operation that a violation is charged to; no event */
unsigned int op_of_task(u32 task);

/*
 * Two walks can be open on a CPU: one, and one in an NMI that interrupted it. A shadow has
 * a slot for each, so that an NMI never writes a slot that the interrupted code is writing.
 */
static inline unsigned int nr_walk_slots(void)
{
	return 2 * nr_cpu_ids;
}

/* Slot of a walk on this CPU, in this context. */
static inline unsigned int walk_slot(const struct event *ev)
{
	return ev->cpu + (in_nmi() ? nr_cpu_ids : 0);
}

/* Lock of the oracles' shadows: spins with IRQs off, outside of the lock ranks. Not in NMI. */
unsigned long oracle_lock(void);
void oracle_unlock(unsigned long flags);

/* The frame whose number stands in every entry of a poisoned table. */
unsigned long tripwire_pfn(void);

#endif
