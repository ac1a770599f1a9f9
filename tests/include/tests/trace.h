/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_TRACE_H
#define TESTS_TRACE_H

#include <stddef.h>
#include <stdbool.h>

/*
 * The event trace of a schedule: a list of its main events, in words that are the same on every
 * machine: CPUs, names of events, tables by number in the order in which they appear. What depends
 * on the size of tables or on addresses is left out.
 */
struct event;

/* The events in the list, and which of their values. */
#define TRACE_EVENTS(X)            \
	X(WALK_BEGIN, NAME)        \
	X(WALK_END, NAME)          \
	X(GRAB, NAME)              \
	X(UNGRAB, NAME)            \
	X(PIN, NAME)               \
	X(PERF_WALK, NAME)         \
	X(WITHDRAW, TABLE)         \
	X(SYNC_BEGIN, TABLE_AND_C) \
	X(SYNC_END, TABLE_AND_C)   \
	X(DEPOSIT, TABLE)          \
	X(REPOPULATE, TABLE)       \
	X(REUSE, TABLE)            \
	X(TABLE_FREE, TABLE)       \
	X(FLUSH_BEGIN, NAME)       \
	X(FLUSH_FUNC, NAME)        \
	X(FLUSH_END, NAME)         \
	X(NMI_FLUSH, NAME)         \
	X(IPI_SEND, NAME)          \
	X(IPI_RECV, NAME)          \
	X(SWITCH_MM, NAME)         \
	X(LAZY, NAME)              \
	X(RCU_BEGIN, NAME)         \
	X(RCU_ARM, NAME)           \
	X(RCU_QS, NAME)            \
	X(RCU_GP, NAME)            \
	X(SLEEP, NAME)             \
	X(WAKE, NAME)              \
	X(RWSEM_GRANT, NAME)       \
	X(RWSEM_QUEUE, NAME)       \
	X(RWSEM_RELEASE, NAME)     \
	X(HW_IRQ, NAME)            \
	X(HW_NMI, NAME)

struct trace_line {
	char text[40];
	unsigned int access; /* of a site, 0: an event */
	unsigned int cpu;
};

void trace_begin(void);
void trace_end(void);
void trace_event(const struct event *ev); /* nothing unless begun */
bool trace_records(unsigned int id); /* are such events in the list? */

/*
 * Sync points, which say where between two events a CPU is; but none at which it may wait, or be
 * when it has nothing to do. How often a loop goes round depends on the size of tables: one that is
 * among the last two of its CPU, without an event since, is not listed again. @site, @rw: enum
 * sync_site, enum sync_rw.
 */
void trace_site(unsigned int cpu, unsigned int site, unsigned int rw);
bool trace_records_site(unsigned int cpu, unsigned int site, unsigned int rw);
unsigned int trace_length(void);
unsigned int trace_lost(void); /* lines that would have followed, but found no room */
const struct trace_line *trace_nth(unsigned int n);

#endif
