/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCENARIO_LINUX_H
#define SCENARIO_LINUX_H

/*
 * What the scenarios of a Linux tree have in common. They run on Linux's side: its mm, its flush;
 * the mm and the flush backend of our own kernel do nothing in them. flush: ipi, invlpgb (the mm
 * has a global ASID), or pv (a guest of KVM). policy: broadcast, the tree as it is; never, with an empty
 * tlb_remove_table_sync_one().
 */
#include <kernel/string.h>
#include <asm/tlbflush.h>
#include <plain.h>
#include <seam.h>
#include <world.h>
#include <tests/scenario_actors.h>

#define LINUX_ADDR (1UL << 21)

/* A function of Linux's side that is a step of an actor. */
#define linux_call(call)                     \
	do {                                 \
		linux_calls("[" #call "] "); \
		lx_linux_##call;             \
		plain_settle();              \
	} while (0)

/* setup(): one page at LINUX_ADDR; all CPUs run in the mm. */
void linux_setup(void);

/* setup(): the same, but only CPU0 runs in the mm; the others in init_mm. */
void linux_setup_alone(void);
/* setup(): the same; no mm has a global ASID yet. */
void linux_setup_asid_later(void);

/* setup(): the same for a page of a file's huge page. */
void linux_setup_file(void);

/* setup(): the same for a hugetlb page whose PMD table @mms mms share. */
void linux_setup_shared(unsigned int mms);

/* GUP-fast finds the page, or none. */
void linux_walk(void);

/* A load through the TLB is a fault, or finds the page before its next owner stores to it. */
void linux_load(void);

/* Nothing is mapped there, and the TLB has nothing either. */
void linux_load_faults(void);

#endif
