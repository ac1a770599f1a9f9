/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bystander: what CPUs that have nothing to do with the mm notice of an unshare on two others.
 * Each of them reads the TSC all the time, as oslat does. A gap of more than GAP_NS between two
 * reads counts as time that was stolen from it.
 *
 * Interrupts are counted on any machine. Time is not measured under TCG: its CPUs take turns
 * on the host's, so most gaps are those.
 */
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include <tests/bench.h>

#define MM_CPUS 2U
#define GAP_NS	1000
#define READS	64 /* between two cpu_relax() */

/* Own CPU in task context writes, all read. */
struct seen {
	u64 stolen; /* ticks, since it began */
	u64 longest[MAX_CONTESTANTS]; /* ticks, while that contestant had its turn */
};
static DEFINE_PER_CPU(struct seen, seen);

static struct totals {
	u64 interrupts, stolen, ns; /* of all bystanders; the time of the turns */
} totals[MAX_CONTESTANTS], at_begin;

static struct task_struct *bystanders[CONFIG_NR_CPUS];
static unsigned int whose_turn;
static bool stop __read_mostly;
static bool emulated;

static void __hot note_gap(u64 gap)
{
	struct seen *s = this_cpu_ptr(&seen);
	unsigned int turn = READ_ONCE(whose_turn);

	WRITE_ONCE(s->stolen, s->stolen + gap);
	if (gap > s->longest[turn])
		WRITE_ONCE(s->longest[turn], gap);
}

static int __hot bystander(void *arg)
{
	u64 threshold = (u64)(unsigned long)arg, last, now;

	while (!READ_ONCE(stop)) {
		last = insn_rdtsc();
		for (unsigned int i = 0; i < READS; i++, last = now) {
			now = insn_rdtsc();
			if (unlikely(now - last > threshold))
				note_gap(now - last);
		}
		/* What ends a CPU's turn under TCG; elsewhere it would hide what comes just now. */
		if (emulated)
			cpu_relax();
	}
	return 0;
}

/* TSC ticks of @ns, to within some 6 %, by trying: there is no inverse of arch_tsc_to_ns(). */
static u64 ticks_of(u64 ns)
{
	u64 ticks = 1;

	while (arch_tsc_to_ns(ticks) < ns)
		ticks += ticks / 16 + 1;
	return ticks;
}

static void start_bystanders(void)
{
	void *threshold = (void *)(unsigned long)ticks_of(GAP_NS);

	emulated = !strcmp(arch_machine_name(), "TCG");
	WRITE_ONCE(stop, false);
	memset(totals, 0, sizeof(totals));
	for (unsigned int cpu = MM_CPUS; cpu < num_online_cpus(); cpu++) {
		memset(&per_cpu(seen, cpu), 0, sizeof(seen));
		bystanders[cpu] = kthread_create_bound(bystander, threshold, (int)cpu, "bystander");
		if (!bystanders[cpu])
			bench_no_memory("bystander");
		wake_up_process(bystanders[cpu]);
	}
}

static void stop_bystanders(void)
{
	WRITE_ONCE(stop, true);
	for (unsigned int cpu = MM_CPUS; cpu < num_online_cpus(); cpu++)
		kthread_stop(bystanders[cpu]);
}

static struct totals totals_now(void)
{
	struct totals t = {.ns = sched_clock()};

	for (unsigned int cpu = MM_CPUS; cpu < num_online_cpus(); cpu++) {
		t.interrupts += irq_count(cpu, CALL_FUNCTION_VECTOR);
		t.stolen += READ_ONCE(per_cpu(seen, cpu).stolen);
	}
	return t;
}

static void turn(struct contestant *c, bool begin)
{
	struct totals *t = &totals[c->idx], now = totals_now();

	if (begin) {
		WRITE_ONCE(whose_turn, c->idx);
		at_begin = now;
		return;
	}
	t->interrupts += now.interrupts - at_begin.interrupts;
	t->stolen += now.stolen - at_begin.stolen;
	t->ns += now.ns - at_begin.ns;
}

static u64 longest_ns(const struct contestant *c)
{
	u64 longest = 0;

	for (unsigned int cpu = MM_CPUS; cpu < num_online_cpus(); cpu++)
		longest = max(longest, READ_ONCE(per_cpu(seen, cpu).longest[c->idx]));
	return arch_tsc_to_ns(longest);
}

/* What one bystander notices: of an operation, and in a second. */
struct noticed {
	u64 milli_per_op; /* rounded up: 0 only if there was none */
	u64 per_s, stolen_ppm, longest_ns;
};

static struct noticed noticed(const struct contestant *c)
{
	const struct totals *t = &totals[c->idx];
	unsigned int nr = num_online_cpus() - MM_CPUS;

	return (struct noticed){
		.milli_per_op = DIV_ROUND_UP(t->interrupts * 1000, c->ops * nr),
		.per_s = t->interrupts * NSEC_PER_SEC / nr / max(t->ns, 1ULL),
		.stolen_ppm = arch_tsc_to_ns(t->stolen) * 1000 / nr / max(t->ns / 1000, 1ULL),
		.longest_ns = longest_ns(c),
	};
}

static void json_noticed(const struct contestant *c)
{
	struct noticed n = noticed(c);

	printk(", \"bystanders\": %u, \"interrupts\": %llu.%03llu, \"interrupts_per_s\": %llu",
	       num_online_cpus() - MM_CPUS, (unsigned long long)(n.milli_per_op / 1000),
	       (unsigned long long)(n.milli_per_op % 1000), (unsigned long long)n.per_s);
	if (emulated)
		printk(", \"stolen_ppm\": null, \"longest\": null");
	else
		printk(", \"stolen_ppm\": %llu, \"longest\": %llu",
		       (unsigned long long)n.stolen_ppm, (unsigned long long)n.longest_ns);
}

static void print_noticed(const struct contestant *c)
{
	struct noticed n = noticed(c);

	printk(" %-9s %-14s%11llu.%03llu%10llu", c->variant, contestant_policy(c, "-"),
	       (unsigned long long)(n.milli_per_op / 1000),
	       (unsigned long long)(n.milli_per_op % 1000), (unsigned long long)n.per_s);
	if (emulated)
		printk("%10s%11s\n", "-", "-");
	else
		printk("%10llu%11llu\n", (unsigned long long)n.stolen_ppm,
		       (unsigned long long)n.longest_ns);
}

static void measure(void)
{
	static struct measured m;

	m = (struct measured){.bench = "bystander", .mask = MM_CPUS, .more = json_noticed};
	bench_add_policies(&m, &(struct contestant){
				       .variant = "one",
				       .prepare = unshare_one.prepare,
				       .op = unshare_one.op,
				       .turn = turn,
			       });
	bench_measure(&m);
	printk("each of the %u other CPUs: interrupts of an operation and in a second;\n"
	       "ppm of its time stolen, in gaps of more than 1 us; longest, in ns%s\n",
	       num_online_cpus() - MM_CPUS, emulated ? "\n(under TCG no times)" : "");
	printk(" %-9s %-14s%15s%10s%10s%11s\n", "", "policy", "interrupts", "a second", "stolen",
	       "longest");
	for (unsigned int i = 0; i < m.nr; i++)
		print_noticed(&m.c[i]);
}

static void run_bystander(void)
{
	struct crew_walk walk;

	unshare_begin(1, &walk);
	crew_start(&walk, MM_CPUS);
	start_bystanders();
	measure();
	stop_bystanders();
	crew_stop();
	unshare_end();
}

static const struct bench bystander_bench = {
	.name = "bystander",
	.help = "what CPUs without the mm notice of an unshare on two others",
	.min_cpus = MM_CPUS + 1,
	.pages = 2 * HPAGE_PMD_NR,
	.run = run_bystander,
};
BENCH(bystander_bench);
