/* SPDX-License-Identifier: GPL-2.0 */
/* Output: progress, KTAP lines, and a table for an e-mail, 72 columns wide. */
#include <kernel/errno.h>
#include <kernel/host.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>
#include <tests/torture.h>

void report_progress(const struct phase *ph, u64 seconds)
{
	char line[160];
	int n = scnprintf(line, sizeof(line), "# %s %llus:", ph->policy,
			  (unsigned long long)seconds);

	for (unsigned int op = 1; op <= torture_nr_ops; op++)
		n += scnprintf(line + n, sizeof(line) - (size_t)n, " %s %llu", op_names[op],
			       (unsigned long long)ph->stats[op].done);
	printk("%s walks %llu on %u CPUs viol %llu\n", line, (unsigned long long)ph->walks,
	       ph->cpus_walked, (unsigned long long)oracle_violations());
}

/* The smaller count of the two phases that are compared. */
static u64 raced(const struct phase *with, const struct phase *ph, unsigned int op)
{
	u64 n = ph->counts[op].raced;

	return with ? min(n, with->counts[op].raced) : n;
}

/* Of the operation, or of none of them in particular: then each is as red. */
static u64 violations(const struct phase *ph, unsigned int op)
{
	return ph->counts[op].viol + ph->counts[0].viol;
}

/*
 * The word for one operation under one policy. @with is the phase in which every sync was
 * carried out (NULL: there was none to compare with).
 *
 * no use seen: no violation, syncs were left out, and neither where they were carried out
 * nor where they were left out did one find a walker to wait for, though in both phases
 * tables were withdrawn while walks were open. A sample: "redundant" is said of all schedules only.
 */
const char *report_verdict(const struct phase *with, const struct phase *ph, unsigned int op)
{
	const struct op_counts *c = &ph->counts[op];
	const struct task_acct *a = &ph->stats[op].acct;

	if (!ph->ran)
		return "not run";
	if (violations(ph, op) || (with && violations(with, op)))
		return "UNSOUND";
	if (ph->incomplete || (with && with->incomplete))
		return "incomplete";
	if (!ph->stats[op].done || (c->withdrawn && !c->raced))
		return "untested";
	if (!a->syncs && !a->skipped)
		return "not needed";
	if (!a->skipped)
		return c->useful ? "needed" : "sound";
	if (c->useful || (with && with->counts[op].useful))
		return "needed";
	return with && raced(with, ph, op) && with->stats[op].acct.syncs ? "no use seen" : "sound";
}

/* x/y with one decimal, as text. */
static const char *ratio(char *buf, size_t size, u64 x, u64 y)
{
	u64 tenths = y ? (x * 10 + y / 2) / y : 0;

	snprintf(buf, size, "%llu.%llu", (unsigned long long)tenths / 10,
		 (unsigned long long)tenths % 10);
	return buf;
}

static void left_half(char *buf, size_t size, const struct phase *ph, unsigned int op)
{
	const struct op_stats *s = &ph->stats[op];
	u64 n = s->done + s->pinned;
	char flush[16], sync[16], useful[16] = "-";

	if (s->acct.syncs + s->acct.skipped)
		snprintf(useful, sizeof(useful), "%llu", (unsigned long long)ph->counts[op].useful);
	snprintf(buf, size, "%-9s%7llu %8s %7s %6s", op_names[op], (unsigned long long)s->done,
		 ratio(flush, sizeof(flush), s->acct.flush_ipis, n),
		 ratio(sync, sizeof(sync), s->acct.sync_ipis, n), useful);
}

/* What the verdict rests on, and the verdict. */
static void right_end(const struct phase *with, const struct phase *ph, unsigned int op)
{
	printk(" %4llu %5llu  %s\n", (unsigned long long)violations(ph, op),
	       (unsigned long long)raced(with, ph, op), report_verdict(with, ph, op));
}

static void table_alone(const struct phase *ph)
{
	char left[64];

	printk("                 policy %s\n", ph->policy);
	printk("operation   done flush/op sync/op useful viol raced  verdict\n");
	for (unsigned int op = 1; op <= torture_nr_ops; op++) {
		left_half(left, sizeof(left), ph, op);
		printk("%s", left);
		right_end(NULL, ph, op);
	}
}

/* A phase with a violation is the last one: the first of two that are compared has none. */
static void table_compared(const struct phase *with, const struct phase *ph)
{
	char left[64];

	printk("        with the second IPI (%s)%*swithout it (%s)\n", with->policy,
	       (int)(12 - strlen(with->policy)), "", ph->policy);
	printk("operation   done flush/op sync/op useful   done viol raced  verdict\n");
	for (unsigned int op = 1; op <= torture_nr_ops; op++) {
		left_half(left, sizeof(left), with, op);
		printk("%s%7llu", left, (unsigned long long)ph->stats[op].done);
		right_end(with, ph, op);
	}
}

static void table_foot(const struct phase *ph)
{
	printk("%s: walks %llu on %u of %u CPUs, slowest CPU%u %llu\n", ph->policy,
	       (unsigned long long)ph->walks, ph->cpus_walked, num_online_cpus(), ph->slowest_cpu,
	       (unsigned long long)ph->slowest_walks);
	if (nmi_walker_on())
		printk("  walks in NMIs %llu, not of the loaded mm %llu, left out for that %llu\n",
		       (unsigned long long)ph->nmi.walks, (unsigned long long)ph->nmi.not_loaded,
		       (unsigned long long)ph->nmi.left_out);
	printk("  withdrawn with a walk open:");
	for (unsigned int op = 1; op <= torture_nr_ops; op++)
		printk(" %s %llu", op_names[op], (unsigned long long)ph->counts[op].raced);
	printk("\n  failed for a pin:");
	for (unsigned int op = 1; op <= torture_nr_ops; op++)
		if (ph->stats[op].pinned)
			printk(" %s %llu", op_names[op], (unsigned long long)ph->stats[op].pinned);
	printk("  no memory:");
	for (unsigned int op = 1; op <= torture_nr_ops; op++)
		if (ph->stats[op].nomem)
			printk(" %s %llu", op_names[op], (unsigned long long)ph->stats[op].nomem);
	printk("\n");
}

static bool want_cells;

static int set_cells(const char *value)
{
	if (strcmp(value, "0") && strcmp(value, "1"))
		return -EINVAL;
	want_cells = value[0] == '1';
	return 0;
}
PARAM(cells, "1: print a line for scripts for each policy and operation (0)", set_cells);

/* The counts behind the table, for scripts: name=value, the last value may hold blanks. */
static void print_cells(const struct phase *ph)
{
	for (unsigned int op = 1; op <= torture_nr_ops; op++) {
		const struct op_stats *s = &ph->stats[op];
		const struct op_counts *c = &ph->counts[op];

		printk("# cell: flush=%s policy=%s op=%s done=%llu pinned=%llu flush_ipis=%llu",
		       flush_backend()->name, ph->policy, op_names[op], (unsigned long long)s->done,
		       (unsigned long long)s->pinned, (unsigned long long)s->acct.flush_ipis);
		printk(" sync_ipis=%llu syncs=%llu skipped=%llu useful=%llu missed=%llu",
		       (unsigned long long)s->acct.sync_ipis, (unsigned long long)s->acct.syncs,
		       (unsigned long long)s->acct.skipped, (unsigned long long)c->useful,
		       (unsigned long long)c->missed);
		printk(" withdrawn=%llu raced=%llu viol=%llu verdict=%s\n",
		       (unsigned long long)c->withdrawn, (unsigned long long)c->raced,
		       (unsigned long long)violations(ph, op), report_verdict(NULL, ph, op));
	}
}

void report_table(const struct phase *phases, unsigned int nr, bool aborted)
{
	bool compare = nr > 1 && !strcmp(phases[0].policy, "broadcast") && phases[1].ran;

	const char *host = host_description();

	printk("\nshootdown: %u CPUs, %s, flush=%s, seed %#llx\n", num_online_cpus(),
	       *host ? host : arch_machine_name(), flush_backend()->name,
	       (unsigned long long)rand_seed);
	if (flush_backend_note())
		printk("(%s)\n", flush_backend_note());
	for (unsigned int i = compare; i < nr && phases[i].ran; i++) {
		if (compare)
			table_compared(&phases[0], &phases[i]);
		else
			table_alone(&phases[i]);
	}
	for (unsigned int i = 0; i < nr && phases[i].ran; i++)
		table_foot(&phases[i]);
	if (aborted)
		printk("ended at the first violation; the counts are those until then\n");
	printk("the schedules of this run, no others; what they do not show: tests/CAVEATS.md\n");
	for (unsigned int i = 0; want_cells && i < nr && phases[i].ran; i++)
		print_cells(&phases[i]);
}

void report_ktap(const struct phase *phases, unsigned int nr)
{
	const struct phase *ph = &phases[nr];
	const struct phase *with = nr && !strcmp(phases[0].policy, "broadcast") ? phases : NULL;

	for (unsigned int op = 1; op <= torture_nr_ops; op++) {
		const char *verdict = report_verdict(with, ph, op);
		bool judged = strcmp(verdict, "untested") && strcmp(verdict, "not run");
		bool red = violations(ph, op) || !strcmp(verdict, "incomplete");

		printk("%sok %u torture.%s.%s.%s # %s%s\n", red ? "not " : "",
		       nr * torture_nr_ops + op, flush_backend()->name, ph->policy, op_names[op],
		       judged ? "" : "SKIP ", verdict);
	}
}
