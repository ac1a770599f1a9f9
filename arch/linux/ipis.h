/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_IPIS_H
#define LINUX_IPIS_H

#include <kernel/types.h>

/*
 * How many CPUs the operations of a schedule interrupt, counted where Linux sends the call-function
 * interrupt: within tlb_remove_table_sync_one(), and elsewhere. The lines after a case's result
 *
 *	# ipis sync 1
 *	# ipis other 0 1
 *
 * have each number that a schedule had. It is the same in all interleavings that the search takes
 * for one, so of a complete search these are all numbers that there are.
 */

enum ipis_kind { IPIS_OTHER, IPIS_SYNC, IPIS_KINDS };

/* setup(), before the search is divided between processes. */
void ipis_seen_begin(void);

/* This CPU interrupts those of the mask. */
void ipis_sent(unsigned long cpus);

/* This CPU is within the sync, or no more. */
void ipis_in_sync(bool in);

/* By all CPUs, in this schedule so far. */
unsigned int ipis_count(enum ipis_kind kind);

#endif
