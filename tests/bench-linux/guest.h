/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_LINUX_GUEST_H
#define BENCH_LINUX_GUEST_H

#include <stdbool.h>

/*
 * The program that make bench-linux runs as init of a real Linux: it does the operations of
 * tests/bench/ by system calls, and counts the interrupts of each by /proc/interrupts.
 *
 * One process for each number of CPUs that run the mm. Its thread on CPU 0 operates; on each other
 * CPU of them a thread walks page tables all the time, by system calls that use GUP-fast.
 */

#define MAX_CPUS  1024

/* Where walkers walk and operations operate; nothing else of the process is near. */
#define GIB_ADDR  0x4000000000UL /* one GiB of hugetlb, shared with another process */
#define THP_ADDR  0x5000000000UL /* one PMD's pages, collapsed */
#define ZAP_ADDR  0x6000000000UL /* ZAP_TABLES pages, each in a PTE table of its own */
#define GIB_SIZE  (1UL << 30)
#define PMD_SIZE  (1UL << 21)
#define PAGE_SIZE (1UL << 12)

/**
 * struct op - one operation
 * @name: as the measurement of tests/bench/ that does the same
 * @variant: likewise
 * @aim: address at which walkers walk, each that it is given once; 0: none
 * @begin: before all rounds
 * @prepare: before each round; not counted
 * @run: what is counted and timed. -EAGAIN: it met a walker's reference and did nothing; the round
 *	 is repeated without @undo
 * @undo: after each round; not counted
 * @end: after all rounds
 *
 * All but @run may be NULL. They return 0 or -errno; the kernel is then said to be unable to do it.
 */
struct op {
	const char *name, *variant;
	unsigned long aim;
	int (*begin)(void);
	int (*prepare)(void);
	int (*run)(void);
	int (*undo)(void);
	int (*end)(void);
};

/*
 * The reference of each round: membarrier(), a broadcast to the CPUs that run the mm, and its
 * acknowledgements.
 */
void begin_reference(void);
int reference(void);

extern const struct op ops[];
extern const unsigned int nr_ops;

/**
 * struct interrupts - three rows of /proc/interrupts, by CPU
 * @call: CAL, call-function interrupts, TLB flushes among them
 * @tlb: TLB, flushes that another CPU asked for
 * @resched: RES, rescheduling interrupts
 */
struct interrupts {
	unsigned long call[MAX_CPUS], tlb[MAX_CPUS], resched[MAX_CPUS];
};

void read_interrupts(struct interrupts *now);

#define MAX_ROUNDS 1000
/* @op @nr times beside the reference, with the mm on @mask of @cpus CPUs; two lines of JSON. */
void run_rounds(const struct op *op, unsigned int cpus, unsigned int mask, unsigned int nr);

/* Threads of this process that walk, one on each of CPUs 1 to @mask - 1; until the process ends. */
void start_walkers(unsigned int mask);
/* Walk at @addr; 0: do not walk. Returns when each walker has made a whole walk there. */
void aim_walkers(unsigned long addr);

/* A hugetlb file of one GiB, for this process and those that it forks. */
void open_file(void);
/* Map it at GIB_ADDR and touch it: with the PMD table of another process that has done so. */
int map_gib(void);

/* Processes of one thread that only burn time, one on each of CPUs @first to @end - 1. */
void start_bystanders(unsigned int first, unsigned int end);
void stop_bystanders(void);

/* A process that forks those which share the GiB; all of them on CPU 0. Before start_walkers(). */
void start_sharer_server(void);
int begin_sharer(void); /* one that has mapped the GiB; returns when it has */
int exit_sharer(void); /* returns when it is gone */

/* Run on CPU @cpu alone: this thread, and the processes that it forks. */
void pin(unsigned int cpu);

/* Result of @call as the kernel gives it: -errno instead of -1. */
int err(long ret);

/* One line on the console, and the end of the machine. */
void give_up(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
