/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The main job: one phase per policy, the same operations and the same seed in each, then
 * the table that sets them side by side.
 */
#include <kernel/errno.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <mm/busted.h>
#include <tests/busted_case.h>
#include <tests/contents.h>
#include <tests/left.h>
#include <tests/list.h>
#include <tests/torture.h>

#define MAX_INSTANCES	      64
#define GRACE_AFTER_VIOLATION (200 * NSEC_PER_MSEC)

static u64 duration_ms; /* of a phase; 0: default_duration() */
static char ops_list[128];

unsigned int torture_nr_ops;
static const struct torture_op *ops[MAX_OPS];
static struct op_instance instances[MAX_INSTANCES];
static unsigned int nr_instances;
static struct phase phases[MAX_PHASES];
static unsigned int nr_phases;
static bool stopping;

bool torture_stopping(void)
{
	return READ_ONCE(stopping);
}

void op_account_begin(struct op_instance *inst)
{
	inst->before = current->acct;
	op_begin(inst->op_id);
}

void op_account_end(struct op_instance *inst, int ret)
{
	struct op_stats *s = &inst->stats;

	op_end();
	s->attempted++;
	if (ret == -EAGAIN)
		s->pinned++;
	else if (ret == -ENOMEM)
		s->nomem++;
	else if (ret)
		s->refused++;
	else
		s->done++;
	if (ret && ret != -EAGAIN)
		return;
	s->acct.flushes += current->acct.flushes - inst->before.flushes;
	s->acct.flush_ipis += current->acct.flush_ipis - inst->before.flush_ipis;
	s->acct.syncs += current->acct.syncs - inst->before.syncs;
	s->acct.sync_ipis += current->acct.sync_ipis - inst->before.sync_ipis;
	s->acct.skipped += current->acct.skipped - inst->before.skipped;
}

static int writer(void *arg)
{
	struct op_instance *inst = arg;

	while (!torture_stopping()) {
		inst->op->step(inst);
		if (!left_locks(inst->op_id))
			break;
		cpu_relax();
		yield(); /* to the walker of this CPU */
	}
	return 0;
}

/* The instances' mms and regions: before any thread runs. */
static void phase_setup(void)
{
	nr_instances = 0;
	for (unsigned int id = 1; id <= torture_nr_ops; id++) {
		unsigned int n = ops[id]->writers(num_online_cpus(), nr_free_pages());

		for (unsigned int i = 0; i < n; i++) {
			struct op_instance *inst = &instances[nr_instances++];

			BUG_ON(nr_instances > MAX_INSTANCES);
			memset(inst, 0, sizeof(*inst));
			inst->op = ops[id];
			inst->op_id = id;
			inst->nr = i;
			rand_init(&inst->rand, 0x09000000 + id * 256 + i);
			op_charge(id); /* what it allocates, for the oracle left */
			if (!ops[id]->setup(inst))
				fatal("not enough memory to set up %s: give it more memory (run.sh: MEM=)",
				      ops[id]->name);
		}
	}
	op_charge(0);
}

static void phase_teardown(void)
{
	world_destroy();
	for (unsigned int i = 0; i < nr_instances; i++)
		if (instances[i].op->teardown)
			instances[i].op->teardown(&instances[i]);
}

static struct task_struct *start(int (*fn)(void *), void *arg, unsigned int cpu, const char *name)
{
	struct task_struct *t = kthread_create_bound(fn, arg, (int)cpu, name);

	if (!t)
		fatal("no stack left for thread %s on CPU%u", name, cpu);
	wake_up_process(t);
	return t;
}

/*
 * One walker on each CPU, and a second one on some, so that these CPUs switch between mms during
 * walks and flushes. Not on all: with many CPUs on one emulator thread, a thread that shares its
 * CPU and holds a lock holds up all others.
 */
static struct task_struct *walkers[2 * CONFIG_NR_CPUS];
static unsigned int nr_walkers;

static void start_threads(void)
{
	unsigned int cpus = num_online_cpus(), seconds = cpus <= 8 ? cpus : 8 + cpus / 16;

	for (nr_walkers = 0; nr_walkers < cpus + seconds; nr_walkers++)
		walkers[nr_walkers] = start(torture_walker, (void *)(unsigned long)nr_walkers,
					    nr_walkers % cpus, "walker");
	/* Writers spread over the CPUs, from the last down: CPU 0 has the reporter. */
	for (unsigned int i = 0; i < nr_instances; i++)
		instances[i].task = start(writer, &instances[i],
					  cpus - 1 - i * max(1U, cpus / nr_instances) % cpus,
					  instances[i].op->name);
}

static void stop_threads(void)
{
	WRITE_ONCE(stopping, true);
	for (unsigned int i = 0; i < nr_instances; i++)
		kthread_stop(instances[i].task);
	for (unsigned int i = 0; i < nr_walkers; i++)
		kthread_stop(walkers[i]);
	nmi_walker_stop();
	WRITE_ONCE(stopping, false);
}

static void collect(struct phase *ph)
{
	unsigned int cpu;

	memset(ph->stats, 0, sizeof(ph->stats));
	for (unsigned int i = 0; i < nr_instances; i++) {
		struct op_stats *to = &ph->stats[instances[i].op_id];
		const struct op_stats *s = &instances[i].stats;

		to->attempted += s->attempted;
		to->done += s->done;
		to->pinned += s->pinned;
		to->nomem += s->nomem;
		to->refused += s->refused;
		to->acct.flushes += s->acct.flushes;
		to->acct.flush_ipis += s->acct.flush_ipis;
		to->acct.syncs += s->acct.syncs;
		to->acct.sync_ipis += s->acct.sync_ipis;
		to->acct.skipped += s->acct.skipped;
	}
	memcpy(ph->counts, op_counts, sizeof(ph->counts));
	nmi_walker_collect(&ph->nmi);
	ph->walks = 0;
	ph->cpus_walked = 0;
	ph->slowest_walks = ~0ULL;
	for_each_online_cpu (cpu) {
		u64 n = torture_walks(cpu);

		ph->walks += n;
		ph->cpus_walked += n != 0;
		if (n < ph->slowest_walks) {
			ph->slowest_walks = n;
			ph->slowest_cpu = cpu;
		}
	}
}

/* Until the time is over, or shortly after the first violation. */
static void watch_phase(struct phase *ph)
{
	u64 begin = sched_clock(), end = begin + duration_ms * NSEC_PER_MSEC;
	u64 next = begin + NSEC_PER_SEC;
	bool seen = false;

	while (sched_clock() < end) {
		schedule_timeout_ns(10 * NSEC_PER_MSEC);
		if (oracle_violations() && !seen) {
			seen = true;
			end = min(end, sched_clock() + GRACE_AFTER_VIOLATION);
			oracle_report_first();
		}
		if (sched_clock() >= next) {
			collect(ph);
			report_progress(ph, (sched_clock() - begin) / NSEC_PER_SEC);
			next += NSEC_PER_SEC;
		}
	}
	ph->ns = sched_clock() - begin;
}

static void report_violation(struct phase *ph)
{
	collect(ph);
	oracle_report_first();
}

static void run_phase(struct phase *ph)
{
	BUG_ON(pt_sync_policy_select(ph->policy));
	torture_walks_reset();
	rcu_barrier();
	oracle_reset();
	left_begin();
	phase_setup();
	nmi_walker_start();
	fail_page_alloc_set(64);
	delay_start();
	start_threads();
	watch_phase(ph);
	stop_threads();
	delay_stop();
	fail_page_alloc_set(0);
	/* Tables whose grace period is still running are freed while the oracles watch. */
	rcu_barrier();
	contents_judge();
	report_violation(ph);
	oracle_report_losses();
	ph->incomplete = oracle_incomplete();
	phase_teardown();
	if (!oracle_violations()) {
		left_judge();
		if (oracle_violations())
			report_violation(ph);
	}
	ph->ran = true;
}

static void choose_ops(void)
{
	char name[32];

	/* By name, so that ids and the table do not depend on the linker. */
	for (;;) {
		const struct torture_op *best = NULL;

		linkset_for_each (torture_op, o) {
			if (torture_nr_ops && strcmp(o->name, ops[torture_nr_ops]->name) <= 0)
				continue;
			if (*ops_list && !list_has(ops_list, o->name))
				continue;
			if (!best || strcmp(o->name, best->name) < 0)
				best = o;
		}
		if (!best || torture_nr_ops == MAX_OPS - 1)
			break;
		ops[++torture_nr_ops] = best;
		op_names[torture_nr_ops] = best->name;
	}
	for (unsigned int i = 0; list_nth(ops_list, i, name, sizeof(name)); i++) {
		bool known = false;

		linkset_for_each (torture_op, o)
			known |= !strcmp(o->name, name);
		if (!known)
			fatal("ops=%s: no such operation; run=list names them", name);
	}
}

static void choose_phases(void)
{
	const char *list = policies_asked() ?: "broadcast,implied,receipt";
	char name[32];

	while (list_nth(list, nr_phases, name, sizeof(name))) {
		if (nr_phases == MAX_PHASES)
			fatal("policy=: at most %d policies in one run", MAX_PHASES);
		if (pt_sync_policy_select(name))
			fatal("policy=%s: no such policy; run=list names them", name);
		phases[nr_phases++].policy = pt_sync_policy()->name;
	}
}

/* Enough for thousands of operations also where 64 CPUs share one emulator thread. */
static u64 default_duration(void)
{
	return num_online_cpus() <= 16 ? 6000 : 14000;
}

static enum exit_status torture(void)
{
	u64 violations = 0;
	bool incomplete = false;

	if (!CONFIG_HOOKS)
		fatal("run=torture: this image is built without hooks, its oracles are blind");
	if (!duration_ms)
		duration_ms = default_duration();
	choose_ops();
	choose_phases();
	printk("KTAP version 1\n1..%u\n", nr_phases * torture_nr_ops);
	for (unsigned int i = 0; i < nr_phases; i++) {
		if (!violations) {
			run_phase(&phases[i]);
			violations = oracle_violations();
			incomplete |= phases[i].incomplete;
		}
		report_ktap(phases, i);
	}
	report_table(phases, nr_phases, violations != 0);
	if (violations)
		print_reproduce();
	return violations || incomplete ? EXIT_RED : EXIT_PASS;
}
JOB(torture, "walkers on every CPU against every operation, one phase per policy", torture);

static int set_duration(const char *value)
{
	u64 s;

	if (parse_u64(value, &s) || !s || s > 86400)
		return -EINVAL;
	duration_ms = s * 1000;
	return 0;
}
PARAM(duration, "seconds per phase, 1-86400 (6; with more than 16 CPUs 14)", set_duration);

static int set_ops(const char *value)
{
	return strscpy(ops_list, value, sizeof(ops_list)) < 0 ? -EINVAL : 0;
}
PARAM(ops, "operations, a list (all)", set_ops);

static int set_busted(const char *value)
{
	linkset_for_each (busted, b) {
		if (strcmp(b->name, value))
			continue;
		if (!CONFIG_HOOKS)
			fatal("busted=%s: this image is built without hooks", value);
		*b->on = true;
		return 0;
	}
	/* The planted bug may be a policy or a backend. */
	if (!is_busted(value))
		return -ENOENT;
	return flush_backend_select(value) ? policies_ask(value) : 0;
}
PARAM(busted, "a planted bug, see run=list", set_busted);
