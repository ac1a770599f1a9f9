/* SPDX-License-Identifier: GPL-2.0 */
/* Job "bench": which measurements, of which policies, and their common options. */
#include <kernel/errno.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <tests/bench.h>
#include <tests/busted_case.h>
#include <tests/list.h>

#define NOISE_PAIRS 1001

static char bench_list[128]; /* empty: all */
static bool json;
static u64 noise;

bool bench_json(void)
{
	return json;
}

u64 bench_noise(void)
{
	return noise;
}

void bench_no_memory(const char *name)
{
	fatal("bench=%s: not enough memory; give it more (run.sh: MEM=)", name);
}

static const struct pt_sync_policy *find_policy(const char *name)
{
	linkset_for_each (pt_sync_policy, p)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

const char *bench_policy(unsigned int n)
{
	const struct pt_sync_policy *p;
	char name[32];

	if (policies_asked()) {
		if (!list_nth(policies_asked(), n, name, sizeof(name)))
			return NULL;
		p = find_policy(name);
		if (!p)
			fatal("policy=%s: no such policy; run=list names them", name);
		return p->name;
	}
	for (unsigned int i = 0; (p = linkset_nth(pt_sync_policy, i)); i++)
		if (!is_busted(p->name) && !n--)
			return p->name;
	return NULL;
}

static void measure_noise(void)
{
	static u64 ticks[NOISE_PAIRS];

	for (unsigned int i = 0; i < NOISE_PAIRS; i++) {
		u64 begin = insn_rdtsc();

		ticks[i] = insn_rdtsc() - begin;
	}
	stats_sort(ticks, NOISE_PAIRS);
	noise = stats_quantile(ticks, NOISE_PAIRS, 500);
}

static const char *lacks(const struct bench *b)
{
	if (num_online_cpus() < b->min_cpus)
		return "not enough CPUs (run.sh: SMP=)";
	if (nr_free_pages() < b->pages)
		return "not enough memory (run.sh: MEM=)";
	return NULL;
}

static void check_names(void)
{
	char name[32];

	for (unsigned int i = 0; list_nth(bench_list, i, name, sizeof(name)); i++) {
		bool known = false;

		linkset_for_each (bench, b)
			known |= !strcmp(b->name, name);
		if (!known)
			fatal("bench=%s: no such measurement; run=list names them", name);
	}
	for (unsigned int i = 0; bench_policy(i); i++)
		; /* dies of an unknown one before anything has been measured */
}

static enum exit_status bench(void)
{
	const struct bench *b;

	check_names();
	measure_noise();
	report_machine();
	for (unsigned int i = 0; (b = linkset_nth(bench, i)); i++) {
		bool asked = list_has(bench_list, b->name);

		if (*bench_list && !asked)
			continue;
		if (!lacks(b))
			b->run();
		else if (asked)
			fatal("bench=%s: %s", b->name, lacks(b));
		else
			printk("\n%s: left out, %s\n", b->name, lacks(b));
	}
	report_interrupts();
	return EXIT_PASS;
}
JOB(bench, "what the second IPI costs, by measurement and policy (docs/bench.md)", bench);

static int set_bench(const char *value)
{
	return strscpy(bench_list, value, sizeof(bench_list)) < 0 ? -EINVAL : 0;
}
PARAM(bench, "measurements, a list (all)", set_bench);

static int set_json(const char *value)
{
	json = !strcmp(value, "on");
	return json || !strcmp(value, "off") ? 0 : -EINVAL;
}
PARAM(json, "bench: on, each result also as a line '# json {...}'; off (default)", set_json);
