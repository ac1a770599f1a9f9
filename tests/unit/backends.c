/* SPDX-License-Identifier: GPL-2.0 */
/* Tests over every backend and every policy. See <tests/backends.h>. */
#include <mm/pt_sync.h>
#include <tests/backends.h>
#include <tests/busted_case.h>

static void try_backends(struct ktest *t, bool busted_ones, backend_test_t fn)
{
	const char *old = flush_backend()->name;

	linkset_for_each (flush_backend, b) {
		const char *why_not = b->available ? b->available() : NULL;
		bool failed = t->failed;

		if (is_busted(b->name) != busted_ones)
			continue;
		if (why_not) {
			printk("# flush=%s is left out: %s\n", b->name, why_not);
			continue;
		}
		KEXPECT_EQ(t, flush_backend_select(b->name), 0);
		t->failed = false;
		fn(t, b);
		if (t->failed)
			printk("# that was flush=%s\n", b->name);
		t->failed |= failed;
	}
	KEXPECT_EQ(t, flush_backend_select(old), 0);
}

void each_backend(struct ktest *t, backend_test_t fn)
{
	try_backends(t, false, fn);
}

void each_busted_backend(struct ktest *t, backend_test_t fn)
{
	try_backends(t, true, fn);
}

const char *backend_that_waits(enum flush_waits waits)
{
	linkset_for_each (flush_backend, b)
		if (flush_waits(b) == waits && !is_busted(b->name) &&
		    !(b->available && b->available()))
			return b->name;
	return NULL;
}

void each_policy(struct ktest *t, void (*fn)(struct ktest *t, const struct pt_sync_policy *p))
{
	const char *old = pt_sync_policy()->name;

	linkset_for_each (pt_sync_policy, p) {
		bool failed = t->failed;

		KEXPECT_EQ(t, pt_sync_policy_select(p->name), 0);
		t->failed = false;
		fn(t, p);
		if (t->failed)
			printk("# that was policy=%s\n", p->name);
		t->failed |= failed;
	}
	KEXPECT_EQ(t, pt_sync_policy_select(old), 0);
}
