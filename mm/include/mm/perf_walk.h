/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_PERF_WALK_H
#define MM_PERF_WALK_H

#include <kernel/types.h>

/*
 * The other lock-free walker: perf, which wants to know of a sampled address how large the
 * page there is. What sets it apart from GUP-fast, for those who wait for walkers:
 *
 *	it runs in NMI		so in places where no code of the task ever walks: between
 *				the loading of an mm and the change of current, in the
 *				course of kthread_use_mm(), under a temporary mm
 *	it walks current->mm	whatever mm this CPU has loaded in such a place; then the
 *				CPU need not be in mm_cpumask(current->mm), and flushes of
 *				current->mm need not wait for it
 *	it takes no references	and re-checks nothing: what it reads in a table that was
 *				withdrawn can mislead it, and hurts nobody else
 *
 * Source: Linux kernel/events/core.c, perf_get_page_size(), perf_get_pgtable_size().
 */

/**
 * perf_get_page_size - the size of the page that maps @addr
 * @addr: of current->mm, or of the kernel; in a thread without an mm of the kernel alone
 *
 * One snapshot of each level. Linux goes back to the PMD where pte_offset_map() finds no
 * table; on x86-64 that looks at the snapshot alone, which does not change.
 *
 * Context: any, NMI included; IRQs are off during the walk.
 * Return: bytes; 0: nothing is mapped there.
 */
u64 perf_get_page_size(unsigned long addr);

/*
 * perf=: walk current->mm whatever is loaded (Linux), or only while this CPU has it loaded,
 * and not lazily. Then all that holds for GUP-fast's CPU holds for this one. (In Linux
 * nmi_uaccess_okay() asks the first half of it, for those who read user memory in NMI.)
 */
extern bool perf_walk_loaded_only;

#endif
