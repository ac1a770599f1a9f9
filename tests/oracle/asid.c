/* SPDX-License-Identifier: GPL-2.0 */
/*
 * asid: a broadcast reaches every translation of its mm. It finds them by the global ASID, so
 *
 *	when one is over, no CPU has its mm loaded under another ASID
 *	a CPU that loads a global ASID loads the mm that owns it
 *	none is handed out twice without everything having been dropped in between
 *
 * No emulator shows what goes wrong otherwise: the emulation of INVLPGB drops all that a CPU
 * has. Shadow: per CPU what it loaded into CR3 last; per ASID its owner.
 */
#include <kernel/cpumask.h>
#include <kernel/memblock.h>
#include <asm/asid.h>
#include <asm/atomic.h>
#include <tests/oracle.h>

struct loaded {
	u64 what; /* ctx_id and ASID, in one word: a reader never sees one old and one new */
	u64 tsc;
} __cacheline_aligned;
static struct loaded *loaded; /* [nr_cpu_ids]; own CPU writes, all read */

static u64 owner[MAX_ASID_AVAILABLE]; /* ctx_id; 0: no translation of any mm is left */
static bool freed[MAX_ASID_AVAILABLE]; /* the owner is dead */

static const struct oracle asid_oracle;

#define WHAT(mm, asid) ((mm) << 16 | (asid))

static void asid_switch(const struct event *ev)
{
	struct loaded *l = &loaded[ev->cpu];
	u16 asid = asid_of_cr3(ev->c);

	l->tsc = ev->tsc;
	smp_store_release(&l->what, WHAT(ev->b, asid)); /* pairs with asid_broadcast_sync() */
	if (is_global_asid(asid) && READ_ONCE(owner[asid]) != ev->b)
		oracle_fail(&asid_oracle, op_of_task(ev->task), NO_CPU, ev->tsc, ABOUT_MM(ev->b),
			    "CPU%u loads mm%llu under ASID %u, which is mm%llu's", ev->cpu,
			    (unsigned long long)ev->b, asid,
			    (unsigned long long)READ_ONCE(owner[asid]));
}
OBSERVER(SWITCH_MM, asid_switch);

static void asid_broadcast_sync(const struct event *ev)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		u64 what = smp_load_acquire(&loaded[cpu].what);

		if (what >> 16 == ev->a && what != WHAT(ev->a, ev->c))
			oracle_fail(
				&asid_oracle, op_of_task(ev->task), (int)cpu, loaded[cpu].tsc,
				ABOUT_MM(ev->a),
				"CPU%u still has mm%llu loaded under ASID %u, a broadcast to ASID %llu is over",
				cpu, (unsigned long long)ev->a, (u16)what,
				(unsigned long long)ev->c);
	}
}
OBSERVER(BROADCAST_SYNC, asid_broadcast_sync);

/* These events come under the lock of the ASIDs. */
static void asid_given(const struct event *ev)
{
	if (owner[ev->b])
		oracle_fail(&asid_oracle, op_of_task(ev->task), NO_CPU, ev->tsc, ABOUT_MM(ev->a),
			    "ASID %llu goes to mm%llu, translations of mm%llu may be left under it",
			    (unsigned long long)ev->b, (unsigned long long)ev->a,
			    (unsigned long long)owner[ev->b]);
	freed[ev->b] = false;
	WRITE_ONCE(owner[ev->b], ev->a);
}
OBSERVER(ASID_GLOBAL, asid_given);

static void asid_freed(const struct event *ev)
{
	freed[ev->b] = true;
}
OBSERVER(ASID_FREE, asid_freed);

static void asid_all_dropped(const struct event *ev)
{
	for (unsigned int asid = 0; asid < MAX_ASID_AVAILABLE; asid++)
		if (freed[asid])
			WRITE_ONCE(owner[asid], 0);
}
OBSERVER(BROADCAST_ALL, asid_all_dropped);

static void asid_init(void)
{
	loaded = memblock_alloc_or_die(nr_cpu_ids * sizeof(*loaded), 64, "ASID shadow");
}

static const struct oracle asid_oracle = {
	.name = "asid",
	.help = "a broadcast by ASID reaches every CPU that has the mm loaded",
	.init = asid_init,
};
ORACLE(asid_oracle);
