/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_TORTURE_H
#define TESTS_TORTURE_H

#include <kernel/linkset.h>
#include <kernel/rand.h>
#include <kernel/sched.h>
#include <mm/mm.h>
#include <tests/nmi_walker.h>
#include <tests/oracle.h>

/*
 * The torture: walkers on every CPU, in every mm, against writers of every operation.
 *
 * An operation is one file, op_<name>.c: it makes the mms and regions that it works on,
 * and says what one step does. The walkers are independent of operations: they walk, load
 * and store wherever a region is.
 */

/* A range of addresses of one mm that walkers visit. */
struct region {
	struct tmm *tmm;
	unsigned int op; /* violations found here are charged to it */
	unsigned long start;
	unsigned long stride; /* between visited pages: PAGE_SIZE, or PMD_SIZE for hugetlb */
	unsigned int nr; /* visited pages */
	u64 tag_id; /* of its contents; hugetlb: of the file */
	u64 alt_id; /* hugetlb of the last owner: its own memory may be there instead */
	bool keeps; /* contents stay until zap_epoch changes */
	u64 zap_epoch; /* odd while the contents are thrown away */
	u64 map_seq; /* odd from the end of an unmapping to the start of the next mapping */
	unsigned long known[HPAGE_PMD_NR / 64]; /* pages; see <tests/contents.h> */
};

#define MAX_REGIONS 4
struct tmm {
	struct mm_struct *mm;
	unsigned int nr_regions;
	struct region regions[MAX_REGIONS];
};

struct tmm *world_add_mm(const char *name); /* NULL: no memory */
struct region *world_add_region(struct tmm *tmm, unsigned int op, unsigned long start,
				unsigned long stride, unsigned int nr, u64 tag_id);
u64 world_new_tag(void); /* for contents that several mms map */
void world_destroy(void);
unsigned int world_nr_mms(void);
struct tmm *world_mm(unsigned int i);

/* What an operation's writers have done in this phase. Own writer writes, all read. */
struct op_stats {
	u64 attempted, done, pinned, nomem, refused;
	struct task_acct acct; /* caused by the operations that were done or pinned */
};

struct op_instance {
	const struct torture_op *op;
	unsigned int op_id; /* index into op_counts[] */
	unsigned int nr; /* 0 … writers - 1 */
	struct rand rand;
	struct op_stats stats;
	struct task_acct before;
	void *priv;
	struct task_struct *task;
};

/**
 * struct torture_op - an operation, registered by linker set
 * @writers: how many writer threads for so many CPUs, given so many free pages
 * @setup: make the instance's mms and regions; false: no memory
 * @step: do something; the operation proper between op_account_begin() and _end()
 * @teardown: drop files; the mms go by themselves
 */
struct torture_op {
	const char *name;
	const char *help;
	unsigned int (*writers)(unsigned int cpus, unsigned long free_pages);
	bool (*setup)(struct op_instance *inst);
	void (*step)(struct op_instance *inst);
	void (*teardown)(struct op_instance *inst);
};
LINKSET_DECLARE(torture_op, const struct torture_op);
#define TORTURE_OP(o) LINKSET_ADD(torture_op, &(o))

void op_account_begin(struct op_instance *inst);
void op_account_end(struct op_instance *inst, int ret);

/* Walker threads: two on each CPU. */
int torture_walker(void *arg); /* arg: its number */
u64 torture_walks(unsigned int cpu);
void torture_walks_reset(void);
bool torture_stopping(void);

/* Random delays at sync points, from the run's seed. */
void delay_start(void);
void delay_stop(void);

/* Result of one phase, for the table. */
#define MAX_PHASES 8
struct phase {
	const char *policy;
	bool ran;
	bool incomplete; /* an oracle has forgotten something: oracle_lost() */
	u64 ns;
	struct op_stats stats[MAX_OPS];
	struct op_counts counts[MAX_OPS];
	u64 walks, slowest_walks;
	unsigned int slowest_cpu, cpus_walked;
	struct nmi_counts nmi;
};

extern unsigned int torture_nr_ops; /* operations have ids 1 … torture_nr_ops */

void report_progress(const struct phase *ph, u64 seconds);
const char *report_verdict(const struct phase *with, const struct phase *ph, unsigned int op);
void report_table(const struct phase *phases, unsigned int nr, bool aborted);
/* Prints the results of phase @nr, also of one that did not run: the KTAP plan counts them. */
void report_ktap(const struct phase *phases, unsigned int nr);

#endif
