/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_NMI_WALKER_H
#define TESTS_NMI_WALKER_H

#include <kernel/rand.h>
#include <kernel/types.h>

/*
 * Walks from NMIs: perf_get_page_size() where no code of a task would walk.
 *
 * A CPU in an NMI takes no other one, so a flush by NMI would wait for the walk. INVLPGB, which
 * it emulates, does not. So code that delays an NMI handler calls nmi_poll() meanwhile.
 */

/**
 * nmi_walk_ask - have @cpu look up @addr in an NMI
 * @addr: of whatever current->mm is there then; 0: somewhere in its regions
 *
 * Context: task; @cpu is not this one. Return: false, the last request is still pending.
 */
bool nmi_walk_ask(unsigned int cpu, unsigned long addr);
/* Is it over? Then *@size, if not NULL, is what it found. */
bool nmi_walk_done(unsigned int cpu, u64 *size);

/* In a walk asked for above: does now what the handlers of pending NMIs would do. */
void nmi_poll(void);

/* nmi=: the torture's NMIs, between start and stop, and what was counted since the start. */
struct nmi_counts {
	u64 walks; /* of a user mm */
	u64 not_loaded; /* of those, with another mm loaded, or lazily */
	u64 left_out; /* not made for that reason: perf=loaded */
};
bool nmi_walker_on(void);
void nmi_walker_start(void); /* the world is set up; no allocation fails by injection */
void nmi_walker_stop(void);
void nmi_walker_collect(struct nmi_counts *c);

/* nmi=temp: a walker thread spends some time under a temporary mm, now and then. */
void nmi_walker_linger(struct rand *r);

#endif
