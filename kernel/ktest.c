/* SPDX-License-Identifier: GPL-2.0 */
/* The runner of in-kernel tests: job "unit", KTAP version 1. */
#include <kernel/errno.h>
#include <kernel/job.h>
#include <kernel/ktest.h>
#include <kernel/memblock.h>
#include <kernel/param.h>
#include <kernel/sched.h>
#include <kernel/string.h>

#define NAME_MAX 96
static char prefix[NAME_MAX]; /* set by parse_params(), constant afterwards */

static int set_tests(const char *value)
{
	return strscpy(prefix, value, sizeof(prefix)) < 0 ? -EINVAL : 0;
}
PARAM(tests, "PREFIX, run only the unit tests whose suite.name begins so (default: all)",
      set_tests);

void ktest_fail(struct ktest *t, const char *file, int line, const char *fmt, ...)
{
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	WRITE_ONCE(t->failed, true);
	printk("# %s:%d: %s\n", file, line, msg);
}

static int compare(const struct ktest_case *a, const struct ktest_case *b)
{
	int d = strcmp(a->suite, b->suite);

	return d ? d : strcmp(a->name, b->name);
}

static bool selected(const struct ktest_case *c)
{
	char name[NAME_MAX];

	snprintf(name, sizeof(name), "%s.%s", c->suite, c->name);
	return !strncmp(name, prefix, strlen(prefix));
}

/* The first selected test after @prev: the order is alphabetical and needs no memory. */
static const struct ktest_case *next_case(const struct ktest_case *prev)
{
	const struct ktest_case *best = NULL;

	linkset_for_each (ktest, c)
		if (selected(c) && (!prev || compare(c, prev) > 0) &&
		    (!best || compare(c, best) < 0))
			best = c;
	return best;
}

/* Returns whether the test passed or was skipped. */
static bool run_case(const struct ktest_case *c, unsigned int number)
{
	struct ktest t = {0};

	c->run(&t);
	if (!t.skip && !t.checks)
		ktest_fail(&t, c->suite, 0, "%s has checked nothing", c->name);
	if (current->nr_held || preempt_count() || irqs_disabled()) {
		ktest_fail(&t, c->suite, 0, "%s leaves %u locks, preempt count %d, IRQs %s",
			   c->name, current->nr_held, preempt_count(),
			   irqs_disabled() ? "off" : "on");
		/* Else the next test would fail because of this one. */
		panic("unit test %s.%s does not clean up", c->suite, c->name);
	}
	if (t.failed)
		printk("not ok %u %s.%s\n", number, c->suite, c->name);
	else if (t.skip)
		printk("ok %u %s.%s # SKIP %s\n", number, c->suite, c->name, t.skip);
	else
		printk("ok %u %s.%s\n", number, c->suite, c->name);
	return !t.failed;
}

static enum exit_status run_unit(void)
{
	const struct ktest_case *c;
	unsigned int total = 0, number = 0, failed = 0;

	for (c = next_case(NULL); c; c = next_case(c))
		total++;
	if (!total)
		fatal("tests=%s selects none of the %zu unit tests in this image", prefix,
		      linkset_count(ktest));
	printk("KTAP version 1\n");
	printk("1..%u\n", total);
	for (c = next_case(NULL); c; c = next_case(c))
		if (!run_case(c, ++number))
			failed++;
	if (failed)
		printk("# %u of %u unit tests failed\n", failed, total);
	return failed ? EXIT_RED : EXIT_PASS;
}
JOB(unit, "unit tests in the kernel (tests=PREFIX)", run_unit);
