/* SPDX-License-Identifier: GPL-2.0 */
/*
 * run=metal: every case of every scenario that needs only sequentially consistent CPUs and their
 * interrupts, searched on the CPUs of this machine; each result is compared with the expected one.
 */
#include <string.h>
#include <explore/replay.h>
#include "world.h"
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/irqflags.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/drive.h>
#include <asm/pv_model.h>
#include <asm/tlbflush.h>
#include <kernel/busted.h>
#include <mm/page_alloc.h>
#include <tests/list.h>
#include <tests/oracle.h>
#include <tests/scenario.h>
#include <tests/scenario_run.h>

static char only[1200], only_case[100], replay[512];
static u64 seconds = 120, most;

static int set_text(char *to, size_t size, const char *value)
{
	return strscpy(to, value, size) < 0 ? -EINVAL : 0;
}

static int set_scenario(const char *value)
{
	return set_text(only, sizeof(only), value);
}
PARAM(scenario,
      "metal: a list of NAME.flush.policy, or NAME.flush, or NAME: only these cases (all)",
      set_scenario);

static int set_case(const char *value)
{
	return set_text(only_case, sizeof(only_case), value);
}
PARAM(case, "metal: part of a case's name: only such cases of those that scenario= names",
      set_case);

static int set_plant(const char *value)
{
	metal_plant = !strcmp(value, "open")	 ? PLANT_OPEN
		      : !strcmp(value, "silent") ? PLANT_SILENT
		      : !strcmp(value, "blind")	 ? PLANT_BLIND
						 : PLANT_NONE;
	return metal_plant == PLANT_NONE ? -EINVAL : 0;
}
PARAM(plant,
      "metal: a bug in the gate, to be found: open (CPUs stop at no sync point), silent (one never answers), blind (to writes by way of the image)",
      set_plant);

static int set_replay(const char *value)
{
	return set_text(replay, sizeof(replay), value);
}
PARAM(replay, "metal: the schedule to run of the one case that scenario= names", set_replay);

static int set_seconds(const char *value)
{
	return parse_u64(value, &seconds) || !seconds ? -EINVAL : 0;
}
PARAM(seconds, "metal: for each case, after which it is cut and not complete (120)", set_seconds);

static int set_schedules(const char *value)
{
	return parse_u64(value, &most);
}
PARAM(schedules, "metal: for each case, after which it is cut; 0: no limit (default)",
      set_schedules);

#define ARENA_SHARE    3 /* of all blocks; more is more than enough */
#define ARENA_MOST     40
#define DEEPEST	       3072
#define MINIMISER_RUNS 60

static bool known_bug(const char *name)
{
	linkset_for_each (busted, b)
		if (!strcmp(b->name, name))
			return true;
	return false;
}

/* NULL, or why this case cannot be searched here. */
static const char *beyond(const struct scenario *s, const struct scenario_case *c)
{
	if (c->tso || c->x2apic)
		return "store buffers cannot be driven";
	if (c->fills || c->tce)
		return "page walks of the hardware cannot be driven";
	if (c->invlpgb || c->tlbsync_early)
		return "INVLPGB cannot be driven";
	if (c->ticks)
		return "the timer is not driven";
	if (c->oracle && (!strcmp(c->oracle, "race") || !strcmp(c->oracle, "sanitizer")))
		return "only another build of the model finds it";
	if (c->judge && strcmp(c->judge, "pins"))
		return "the image's lock checker cannot be left out";
	if (c->judge)
		return "with pins, 512 reference counts are steps: it does not end";
	if (c->preemptions)
		return "the hypervisor cannot be driven";
	if (c->busted && !known_bug(c->busted))
		return "this planted bug is not in the image";
	return NULL;
}

static bool contains(const char *text, const char *part)
{
	size_t len = strlen(part);

	for (; strlen(text) >= len; text++)
		if (!strncmp(text, part, len))
			return true;
	return false;
}

static bool wanted(const struct scenario *s, const struct scenario_case *c)
{
	char name[128], one[100];

	scenario_case_name(s, c, name, sizeof(name));
	if (beyond(s, c) || !contains(name, only_case))
		return false;
	for (unsigned int i = 0; list_nth(only, i, one, sizeof(one)); i++) {
		char next = !strncmp(name, one, strlen(one)) ? name[strlen(one)] : '+';

		if (!next || next == '.')
			return true;
	}
	return !*only;
}

static unsigned int count(bool (*fn)(const struct scenario *s, const struct scenario_case *c),
			  unsigned int *most_cpus)
{
	const struct scenario_case *c;
	const struct scenario *s;
	unsigned int n = 0;

	for (unsigned int i = 0; (s = scenario_nth(i)); i++)
		for (c = s->cases; scenario_is_case(c); c++)
			if (fn(s, c)) {
				n++;
				*most_cpus = max(*most_cpus, scenario_cpus(s));
			}
	return n;
}

/* Does @o judge this case in place of an oracle that only the model has? */
static bool replaces(const struct oracle *o, const struct scenario_case *c)
{
	return o->replaces && c->oracle && !strcmp(o->replaces, c->oracle);
}

static void select_oracles(const struct scenario_case *c)
{
	char names[64];
	size_t n = 0;

	linkset_for_each (oracle, o)
		if (o->where & ORACLE_METAL && (!o->replaces || replaces(o, c)))
			n += scnprintf(names + n, sizeof(names) - n, "%s%s", n ? "," : "", o->name);
	if (!n || oracle_select(names))
		fatal("metal: no oracle judges here, or their names are too long");
}

static bool its_oracle(const struct scenario_case *c, const char *verdict)
{
	if (!c->oracle)
		return true;
	linkset_for_each (oracle, o)
		if (replaces(o, c) && !strncmp(verdict, o->name, strlen(o->name)))
			return true;
	/* The image's lock checker reports it before it happens. */
	if (!strcmp(c->oracle, "livelock") || !strcmp(c->oracle, "deadlock") ||
	    !strcmp(c->oracle, "lockdep"))
		if (!strncmp(verdict, "assertion", strlen("assertion")))
			return true;
	return !strncmp(verdict, c->oracle, strlen(c->oracle));
}

/* From the empty machine to the actors before their first instruction. */
static void prepare(const struct scenario *s, const struct scenario_case *c)
{
	unsigned int cpus = scenario_cpus(s);

	metal_mode = METAL_SETUP;
	world_restore(LEVEL_BASE);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (cpu >= cpus)
			__cpumask_clear_cpu(cpu, &cpu_online_mask);
	scenario_select(s);
	if (scenario_choose(c))
		fatal("metal: no such backend, policy or bug");
	shared_forget();
	world_begin(cpus);
	oracle_reset();
	select_oracles(c);
	scenario_start();
	world_settle();
	if (!scenario_ready() || *metal_failure || oracle_violations())
		fatal("metal: setup of %s does not end: %s", s->name,
		      *metal_failure	    ? metal_failure
		      : oracle_violations() ? oracle_first()
					    : "it waits for something");
	metal_mode = METAL_EXPLORE;
	world_save(LEVEL_CASE);
}

/* Print the red schedule, or one with many switches, and its events. */
static void show(const struct xp_schedule *found, bool red)
{
	static char text[XP_FORMAT_MAX];
	static struct xp_schedule s;

	s = *found;
	shared_freeze();
	if (red)
		xp_minimise(&metal_world, NULL, &s, MINIMISER_RUNS);
	xp_format(&s, text);
	printk("# replay %s\n", text);
	world_replay(&s);
}

/* replay=: that schedule of the first case there is. */
static bool run_replay(const struct scenario *s, const struct scenario_case *c)
{
	static struct xp_options opt;
	static struct xp_schedule schedule;
	static struct xp_result res;
	const char *bad = xp_parse(replay, &schedule);
	enum xp_status status;
	char name[128];

	if (bad)
		fatal("replay=%s: %s", replay, bad);
	/* Steps depend on which words are shared, which the search found: repeat the search. */
	opt = (struct xp_options){.max_seconds = (double)seconds, .max_depth = DEEPEST};
	prepare(s, c);
	world_explore(&opt, &res);
	scenario_case_name(s, c, name, sizeof(name));
	printk("# %s\n", name);
	status = world_replay(&schedule);
	if (status == XP_CUT)
		fatal("replay=%s: is no schedule of %s", replay, name);
	return status == XP_PASS;
}

static bool run_case(unsigned int number, const struct scenario *s, const struct scenario_case *c)
{
	static struct xp_options opt;
	static struct xp_result res;
	enum xp_status status;
	char line[SCENARIO_LINE];
	bool good;

	opt = (struct xp_options){
		.max_seconds = (double)seconds, .max_depth = DEEPEST, .max_schedules = most};
	prepare(s, c);
	status = world_explore(&opt, &res);
	good = scenario_result_line(line, number, s, c,
				    &(struct scenario_outcome){
					    .known = true,
					    .red = status == XP_RED,
					    .complete = res.complete,
					    .cut = res.why,
					    .its_oracle = its_oracle(c, res.verdict),
					    .schedules = res.schedules,
					    .transitions = res.transitions,
					    .useful = res.tally,
				    });
	printk("%s\n", line);
	printk("#   deepest %u, given up %llu, replayed %llu, %llu ms\n", res.deepest,
	       (unsigned long long)res.blocked, (unsigned long long)res.replayed,
	       (unsigned long long)(res.seconds * 1000));
	if (*res.verdict)
		printk("#   %s\n", res.verdict);
	show(status == XP_RED ? &res.failing : world_busiest(), status == XP_RED);
	return good;
}

static void controller(void)
{
	unsigned int total, number = 0, cpus = 0, bad = 0;
	const struct scenario_case *c;
	const struct scenario *s;

	total = count(wanted, &cpus);
	snapshot_track();
	metal_drive(cpus);
	world_save(LEVEL_BASE);
	if (!*replay)
		printk("KTAP version 1\n1..%u\n", total);
	for (unsigned int i = 0; (s = scenario_nth(i)); i++)
		for (c = s->cases; scenario_is_case(c); c++)
			if (wanted(s, c) && *replay)
				shutdown(run_replay(s, c) ? EXIT_PASS : EXIT_RED);
			else if (wanted(s, c))
				bad += !run_case(++number, s, c);
	shutdown(bad ? EXIT_RED : EXIT_PASS);
}

static int controller_thread(void *unused)
{
	preempt_disable();
	local_irq_disable();
	home_run_controller(controller);
	return 0;
}

static void stop_tick(void *unused)
{
	arch_stop_tick();
}

static enum exit_status run_metal(void)
{
	unsigned int cpus = 0;
	struct task_struct *t;

	if (!count(wanted, &cpus))
		fatal("scenario=%s case=%s: no case of that name can be run here", only, only_case);
	if (nr_cpu_ids <= cpus)
		fatal("metal: %u CPUs are not enough, %u are driven and one drives; give it %u (run.sh: SMP=)",
		      nr_cpu_ids, cpus, cpus + 1);
	if (!pv_model_on())
		fatal("metal: with flush=pv KVM writes to memory that is put back here: leave flush= out");
	rcu_barrier();
	arena_fill(min_t(unsigned int,
			 (unsigned int)(nr_free_pages() >> MAX_PAGE_ORDER) / ARENA_SHARE,
			 ARENA_MOST));
	t = kthread_create_bound(controller_thread, NULL, (int)nr_cpu_ids - 1, "controller");
	if (!t)
		fatal("metal: no stack for the controller; give it more memory (run.sh: MEM=)");
	on_each_cpu(stop_tick, NULL, true);
	wake_up_process(t);
	for (;;) {
		set_current_state(TASK_SLEEPING);
		schedule();
	}
}
JOB(metal, "scenarios on driven CPUs, in every order of their sync points (scenario=)", run_metal);
