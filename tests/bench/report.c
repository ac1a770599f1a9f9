/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What came out: a table of at most 72 columns, and with json=on a "# json" line for each row.
 * The keys stand in docs/bench.md.
 */
#include <kernel/host.h>
#include <kernel/printk.h>
#include <kernel/rand.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include <tests/bench.h>

#define LLU(v)	    ((unsigned long long)(v))
#define THOUSANDTHS "%llu.%03llu"
#define SPLIT(v)    LLU((v) / 1000), LLU((v) % 1000)

static bool ratios_only(void)
{
	return !strcmp(arch_machine_name(), "TCG");
}

/* One operation's part of a sample of @ticks, in picoseconds. */
static u64 picoseconds(const struct contestant *c, u64 ticks)
{
	return arch_tsc_to_ns(ticks * 1000) / max(c->per, 1U);
}

static u64 quantile(const struct contestant *c, unsigned int per_mille)
{
	return picoseconds(c, stats_quantile(c->ticks, c->n, per_mille));
}

static u64 spread(const struct contestant *c)
{
	return quantile(c, 750) - quantile(c, 250);
}

static u64 rate(const struct contestant *c)
{
	return NSEC_PER_SEC * 1000 * max(c->at, 1U) / max(quantile(c, 500), 1ULL);
}

struct cell {
	char text[32];
};

/* For each operation: an integer if all counted the same, else the mean with three decimals. */
static struct cell each(const struct contestant *c, const struct tally *t)
{
	u64 milli = t->sum * 1000 / (c->ops * max(c->per, 1U));
	struct cell e;

	if (t->uneven)
		snprintf(e.text, sizeof(e.text), THOUSANDTHS, SPLIT(milli));
	else
		snprintf(e.text, sizeof(e.text), "%llu", LLU(milli / 1000));
	return e;
}

/* [[upper bound in ns, samples], ...]: powers of two. */
static void json_hist(const struct contestant *c)
{
	unsigned int i = 0;
	bool first = true;

	printk(", \"hist\": [");
	for (u64 upper = 1; i < c->n; upper *= 2) {
		unsigned int begin = i;

		while (i < c->n && picoseconds(c, c->ticks[i]) <= upper * 1000)
			i++;
		if (i == begin)
			continue;
		printk("%s[%llu, %u]", first ? "" : ", ", LLU(upper), i - begin);
		first = false;
	}
	printk("]");
}

static unsigned int set; /* those measured side by side, counted from 1 */

static void json_contestant(const struct measured *m, const struct contestant *c)
{
	struct cell flush = each(c, &c->flush), sync = each(c, &c->sync);

	printk("# json {\"bench\": \"%s\", \"set\": %u, \"variant\": \"%s\", \"policy\": \"%s\", "
	       "\"flush\": \"%s\", \"cpus\": %u, \"mask\": %u, \"n\": %u, \"ops\": %llu, \"unit\": \"ns\", ",
	       m->bench, set, c->variant, contestant_policy(c, "none"), flush_backend()->name,
	       num_online_cpus(), m->mask, c->n, LLU(c->ops));
	printk("\"p10\": " THOUSANDTHS ", \"median\": " THOUSANDTHS ", \"p99\": " THOUSANDTHS
	       ", \"max\": " THOUSANDTHS ", \"spread\": " THOUSANDTHS
	       ", \"noise\": %llu, \"rate\": %llu, ",
	       SPLIT(quantile(c, 100)), SPLIT(quantile(c, 500)), SPLIT(quantile(c, 990)),
	       SPLIT(quantile(c, 1000)), SPLIT(spread(c)), LLU(arch_tsc_to_ns(bench_noise())),
	       LLU(rate(c)));
	printk("\"flush_ipis\": %s, \"sync_ipis\": %s, \"taken\": %s", flush.text, sync.text,
	       each(c, &c->taken).text);
	if (m->more)
		m->more(c);
	json_hist(c);
	printk("}\n");
}

/* Microseconds of @ps, in at most 8 characters up to 100 s. */
static struct cell us(u64 ps)
{
	u64 ns = ps / 1000;
	struct cell c;

	if (ns < 1000000)
		snprintf(c.text, sizeof(c.text), THOUSANDTHS, SPLIT(ns));
	else
		snprintf(c.text, sizeof(c.text), "%llu", LLU(ns / 1000));
	return c;
}

/* Columns: 1 + 9 + 1 + 14 + 9 + 9 + 9 + 6 + 6 + 8 = 72. */
static void print_contestant(const struct measured *m, const struct contestant *c)
{
	struct cell flush = each(c, &c->flush), sync = each(c, &c->sync);

	printk(" %-9s %-14s%9s%9s%9s%6u%6.6s%8.8s\n", c->variant, contestant_policy(c, "-"),
	       us(quantile(c, 500)).text, us(spread(c)).text, us(quantile(c, 990)).text, c->n,
	       flush.text, sync.text);
}

static void print_table(const struct measured *m)
{
	printk("\n%s: mm on %u of %u CPUs, flush=%s; us%s\n", m->bench, m->mask, num_online_cpus(),
	       flush_backend()->name, ratios_only() ? ", ratios only" : "");
	if (m->note)
		printk("%s\n", m->note);
	printk(" %-9s %-14s%9s%9s%9s%6s%6s%8s\n", "", "policy", "median", "spread", "p99", "n",
	       "flush", "sync");
	for (unsigned int i = 0; i < m->nr; i++)
		print_contestant(m, &m->c[i]);
}

void report_measured(const struct measured *m)
{
	set++;
	print_table(m);
	for (unsigned int i = 0; bench_json() && i < m->nr; i++)
		json_contestant(m, &m->c[i]);
}

void report_machine(void)
{
	u64 noise = arch_tsc_to_ns(bench_noise());

	printk("\nshootdown bench: %u CPUs, %s, flush=%s, %s\n", num_online_cpus(),
	       arch_machine_name(), flush_backend()->name,
	       CONFIG_HOOKS ? "debug flavour: use FLAVOUR=bench" : "bench flavour");
	printk("%s %s\n", arch_cpu_name(), host_description());
	printk("microcode %#llx, %s\n", LLU(arch_microcode()), arch_apic_name());
	if (ratios_only())
		printk("ratios only: TCG emulates, times are good for comparison within this run\n");
	printk("an empty pair of TSC reads: %llu ns; IPIs are for each operation\n", LLU(noise));
	if (!bench_json())
		return;
	printk("# json {\"bench\": \"machine\", \"machine\": \"%s\", \"cpu\": \"%s\", \"host\": \"%s\", "
	       "\"apic\": \"%s\", \"microcode\": \"%#llx\", ",
	       arch_machine_name(), arch_cpu_name(), host_description(), arch_apic_name(),
	       LLU(arch_microcode()));
	printk("\"cpus\": %u, \"flush\": \"%s\", \"flavour\": \"%s\", \"seed\": %llu, \"noise\": %llu, "
	       "\"ratios_only\": %s}\n",
	       num_online_cpus(), flush_backend()->name, CONFIG_HOOKS ? "debug" : "bench",
	       LLU(rand_seed), LLU(noise), ratios_only() ? "true" : "false");
}

void report_interrupts(void)
{
	if (!bench_json())
		return;
	printk("# json {\"bench\": \"interrupts\", \"vector\": %u, \"taken\": [",
	       CALL_FUNCTION_VECTOR);
	for (unsigned int cpu = 0; cpu < num_online_cpus(); cpu++)
		printk("%s%llu", cpu ? ", " : "", LLU(irq_count(cpu, CALL_FUNCTION_VECTOR)));
	printk("], \"gs\": [");
	for (unsigned int cpu = 0; cpu < num_online_cpus(); cpu++)
		printk("%s%lu", cpu ? ", " : "", __per_cpu_offset[cpu]);
	printk("]}\n");
}
