/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <tests/scenario_types.h>

/*
 * A program: for each CPU a few operations of the alphabet (<tests/pairs.h>), on one world. It is
 * a scenario, so that search, replay and history are the same. Nobody states what it must give:
 * its outcome must be one that some order of the operations gives (tests/explore/as_if.c), and
 * afterwards everything can be freed.
 *
 * Its name has a colon between CPUs and a comma between operations: "munmap_part,load:collapse".
 */
#define PROGRAM_CPUS	3
#define PROGRAM_OPS	2 /* of a CPU */
#define PROGRAM_RESULTS 3 /* of an operation: what it returned, what it loaded */
#define PROGRAM_NAME	80
#define WORLD_MMS	3
#define WORLD_PAGES	16 /* of an mm: TASK_SIZE on the model */
#define WORLD_FILES	3
#define WORLD_INDICES	2

/**
 * struct outcome - what can be seen of one execution at its end
 * @result: of each operation
 * @map: of each page of each mm: what maps it, and what it contains; see outcome.c
 * @file: of each page of each file: is it there, dirty; what it contains; what was written out
 * @saw: operation [i] of CPU [c] began after so many of CPU [d] had ended
 */
struct outcome {
	u64 result[PROGRAM_CPUS][PROGRAM_OPS][PROGRAM_RESULTS];
	u64 map[WORLD_MMS][WORLD_PAGES];
	u64 file[WORLD_FILES][WORLD_INDICES];
	u64 saw[PROGRAM_CPUS][PROGRAM_OPS][PROGRAM_CPUS];
};

/* Of what an mm maps at a page. Above these bits: the contents. */
enum {
	MAP_VMA = 1, /* a VMA is there */
	MAP_VMA_WRITE = 2,
	MAP_VMA_START = 4, /* it begins there */
	MAP_PRESENT = 8,
	MAP_WRITE = 16,
	MAP_HUGE = 32,
	MAP_GONE = 64, /* there is no mm any more */
	FILE_CACHED = 1,
	FILE_DIRTY = 2, /* the page, or an entry that maps it */
	CONTENTS_SHIFT = 8,
};

/*
 * Make @s the scenario of the program called @name: NULL, or why there is none. @name is kept.
 * program_select() before the machine boots: one program a process.
 */
const char *program_make(const char *name, struct scenario *s);
bool program_is(const struct scenario *s);
void program_select(const struct scenario *s);

/*
 * Families: sets of programs. Calls @take for the name of each, until it returns false. Of
 * programs that differ only in the order of their CPUs there is one. @seed: where a family is
 * endless.
 */
struct program_family {
	const char *name, *help;
	void (*each)(u64 seed, bool (*take)(const char *name));
};
extern const struct program_family program_families[]; /* the last one has no name */

/* Of the program that was selected. */
unsigned int program_cpus(void);
const char *program_op(unsigned int cpu, unsigned int i); /* its name, or NULL */
unsigned int program_parts(unsigned int cpu); /* that have ended; see part_ends() */
bool program_returned(unsigned int cpu);
/* By model_look(): what it is now. program_hidden: a hash of frames' counts, part of no outcome. */
void program_outcome(void);
/* In the order that was run: an operation holds other locks than it declares. NULL: none. */
const char *program_locks_wrong(void);
extern struct outcome program_seen;
/* A planted bug: CPU1's results are to be those that it has if it ends before CPU0 begins. */
bool program_says_first(void);
extern u64 program_hidden;

/* A thread frees all that the program left: model_go_on(program_bury, program_is_buried). */
void program_bury(void);
bool program_is_buried(void);
const char *program_left(void); /* NULL: nothing; or what is not free */

/* Given by the explorer. Do operations run one after the other now? */
bool as_if_running(void);
/* Of several ways, all of which are taken; always 0 while a search runs. */
unsigned int as_if_choose(unsigned int ways);

#endif
