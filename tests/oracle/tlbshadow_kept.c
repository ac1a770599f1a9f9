/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each CPU may keep, under which ASID, for tlbshadow.c and oracles built on it: see
 * <tests/tlbshadow.h>.
 *
 * What drops what: a write to CR3 without bit 63 the entries of the ASID that it loads, with it
 * none (Intel SDM vol. 3A 4.10.4.1); a flush here those of the loaded ASID; INVLPGB those of its
 * ASID on every CPU, once TLBSYNC has waited for it; a flush by NMI, or by a host before its
 * vCPU runs on, everything. INVLPG counts as a flush of the ASID, as on Intel, and on AMD without
 * EFER.TCE.
 *
 * The events have CR3 as on a CPU with PCIDs, also where this one has none, and are judged so.
 * Without PCIDs the hardware drops more, but the kernel's ctxs[] do not rely on that. There is one
 * exception: without PCIDs the NMI that emulates INVLPGB goes only to CPUs that have the mm
 * loaded. What other CPUs would keep counts as dropped when the broadcast is over.
 *
 * A preempted vCPU walks nowhere. If it may have cached the way to a table that goes, its host
 * has to flush it before it runs on.
 */
#include <kernel/cpumask.h>
#include <kernel/memblock.h>
#include <asm/asid.h>
#include <asm/cpufeature.h>
#include <asm/insn.h>
#include <asm/pv_model.h>
#include <tests/oracle.h>
#include <tests/tlbshadow.h>

/* An ASID of a CPU and the mm whose entries it may keep. Under oracle_lock(); times are tick()s. */
struct kept {
	u64 mm; /* ctx_id */
	u64 used; /* when it was loaded last, or still was */
	u64 clean; /* when what was kept was dropped last */
	u16 asid;
	/* The first table that went since although the way into it may be kept, and when it went. */
	struct table_gone gone; /* .pfn 0: none */
	u64 gone_when;
};

#define MAX_KEPT 128 /* dynamic ASIDs, and those global ones that no broadcast has named since */
#define NO_ASID	 0xffff
struct cpu_tlb {
	u64 all_clean; /* when everything was dropped, by NMI; own CPU writes */
	u16 loaded; /* ASID */
	bool preempted;
	unsigned int nr;
	struct kept kept[MAX_KEPT]; /* dense: [0, nr) */
};
static struct cpu_tlb *tlbs; /* [nr_cpu_ids]; under oracle_lock(), but for all_clean */

ORACLE_LOSS(lost, &tlbshadow_oracle, "ASIDs of a CPU", MAX_KEPT);

static u64 ticks;

static u64 tick(void)
{
	return __atomic_add_fetch(&ticks, 1, __ATOMIC_SEQ_CST);
}

static bool loaded(const struct cpu_tlb *t, const struct kept *k)
{
	return t->loaded == k->asid;
}

static u64 clean_since(const struct cpu_tlb *t, const struct kept *k)
{
	return max(k->clean, READ_ONCE(t->all_clean));
}

/* May anything be kept under the ASID? While it is loaded the hardware may fill at any time. */
static bool keeps(const struct cpu_tlb *t, const struct kept *k)
{
	return loaded(t, k) || k->used > clean_since(t, k);
}

/* May @t keep, under the ASID of @k, what it could cache of @mm at @when? */
static bool keeps_from(const struct cpu_tlb *t, const struct kept *k, u64 mm, u64 when)
{
	return k->mm == mm && keeps(t, k) && clean_since(t, k) < when;
}

static void dropped(struct kept *k)
{
	k->clean = tick();
	k->gone.pfn = 0;
}

static void drop_all(struct cpu_tlb *t)
{
	for (unsigned int i = 0; i < t->nr; i++)
		dropped(&t->kept[i]);
}

static struct kept *kept_under(struct cpu_tlb *t, u16 asid)
{
	for (unsigned int i = 0; i < t->nr; i++)
		if (t->kept[i].asid == asid)
			return &t->kept[i];
	return NULL;
}

/* Room for one more: slots under which nothing is kept go; else the one unloaded longest ago. */
static void make_room(struct cpu_tlb *t)
{
	unsigned int oldest = 0;

	for (unsigned int i = t->nr; i-- > 0;)
		if (!keeps(t, &t->kept[i]))
			t->kept[i] = t->kept[--t->nr];
	if (t->nr < oracle_room(&lost))
		return;
	oracle_lost(&lost);
	for (unsigned int i = 1; i < t->nr; i++)
		if (t->kept[i].used < t->kept[oldest].used)
			oldest = i;
	t->kept[oldest] = t->kept[--t->nr];
}

static struct kept *keep_under(struct cpu_tlb *t, u16 asid, u64 mm)
{
	struct kept *k = kept_under(t, asid);

	if (k)
		return k;
	if (t->nr >= oracle_room(&lost))
		make_room(t);
	k = &t->kept[t->nr++];
	*k = (struct kept){.mm = mm, .asid = asid, .clean = tick()};
	return k;
}

/* The CPU uses entries of the ASID from now on: none may lead to a table that is gone. */
static void now_used(const struct cpu_tlb *t, struct kept *k, const struct event *ev,
		     const char *what)
{
	if (k->gone.pfn && clean_since(t, k) < k->gone_when)
		oracle_fail(
			&tlbshadow_oracle, k->gone.op, NO_CPU, k->gone.tsc,
			ABOUT_TABLE(k->gone.pfn),
			"CPU%u %s, ASID %u of mm%llu, not flushed; it may have cached the way into table %#llx, which went meanwhile",
			ev->cpu, what, k->asid, (unsigned long long)k->mm,
			(unsigned long long)k->gone.pfn);
	k->gone.pfn = 0;
}

/* @k, kept for one mm, is loaded for @mm. */
static void change_owner(const struct cpu_tlb *t, struct kept *k, u64 mm, const struct event *ev)
{
	if (k->mm == mm)
		return;
	if (k->used > clean_since(t, k))
		oracle_fail(
			&tlbshadow_oracle, op_of_task(ev->task), NO_CPU, ev->tsc, ABOUT_MM(mm),
			"CPU%u loads mm%llu under ASID %u, not flushed; it may have cached entries of mm%llu there",
			ev->cpu, (unsigned long long)mm, k->asid, (unsigned long long)k->mm);
	k->mm = mm;
	dropped(k);
}

static void tlb_switch(const struct event *ev)
{
	u16 asid = asid_of_cr3(ev->c);
	struct cpu_tlb *t = &tlbs[ev->cpu];
	unsigned long flags = oracle_lock();
	struct kept *k = kept_under(t, t->loaded);

	if (k)
		k->used = tick();
	k = keep_under(t, asid, ev->b);
	if (!(ev->c & CR3_NOFLUSH))
		dropped(k);
	t->loaded = NO_ASID;
	change_owner(t, k, ev->b, ev);
	now_used(t, k, ev, "loads an ASID again");
	t->loaded = asid;
	k->used = tick();
	oracle_unlock(flags);
}
OBSERVER(SWITCH_MM, tlb_switch);

static void tlb_flushed(const struct event *ev)
{
	struct cpu_tlb *t = &tlbs[ev->cpu];
	unsigned long flags;
	struct kept *k;

	if (ev->c != FLUSHED_PART && ev->c != FLUSHED_FULL)
		return;
	flags = oracle_lock();
	k = kept_under(t, t->loaded);
	if (k)
		dropped(k);
	oracle_unlock(flags);
}
OBSERVER(FLUSH_FUNC, tlb_flushed);

/* An NMI must not wait for the lock. */
static void tlb_nmi(const struct event *ev)
{
	WRITE_ONCE(tlbs[ev->cpu].all_clean, tick());
}
OBSERVER(NMI_FLUSH, tlb_nmi);

/* What every CPU keeps of @mm under @asid; all of them, or those that have another mm loaded. */
static void drop_everywhere(u64 mm, u16 asid, bool loaded_too)
{
	unsigned long flags = oracle_lock();

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct kept *k = kept_under(&tlbs[cpu], asid);

		if (k && k->mm == mm && (loaded_too || !loaded(&tlbs[cpu], k)))
			dropped(k);
	}
	oracle_unlock(flags);
}

static void tlb_broadcast(const struct event *ev)
{
	drop_everywhere(ev->a, (u16)ev->c, true);
}
OBSERVER(TLBSYNC, tlb_broadcast);

static void tlb_stand_in(const struct event *ev)
{
	if (!cpu_has(X86_FEATURE_PCID))
		drop_everywhere(ev->a, (u16)ev->c, false);
}
OBSERVER(BROADCAST_SYNC, tlb_stand_in);

static void tlb_broadcast_all(const struct event *ev)
{
	unsigned long flags = oracle_lock();

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		drop_all(&tlbs[cpu]);
	oracle_unlock(flags);
}
OBSERVER(BROADCAST_ALL, tlb_broadcast_all);

static void tlb_vcpu_preempted(const struct event *ev)
{
	unsigned long flags = oracle_lock();

	tlbs[ev->cpu].preempted = true;
	oracle_unlock(flags);
}
OBSERVER(VCPU_PREEMPT, tlb_vcpu_preempted);

static void tlb_vcpu_resumes(const struct event *ev)
{
	struct cpu_tlb *t = &tlbs[ev->cpu];
	unsigned long flags = oracle_lock();
	struct kept *k = kept_under(t, t->loaded);

	t->preempted = false;
	if (ev->a)
		drop_all(t);
	else if (k)
		now_used(t, k, ev, "is resumed as a vCPU");
	oracle_unlock(flags);
}
OBSERVER(VCPU_RESUME, tlb_vcpu_resumes);

/* KVM flushes such a vCPU before its next instruction, and does not say when that is. */
static void tlb_vcpu_left_out(const struct event *ev)
{
	unsigned long flags;

	if (pv_model_on())
		return;
	flags = oracle_lock();
	drop_all(&tlbs[ev->a]);
	oracle_unlock(flags);
}
OBSERVER(VCPU_LEFT_OUT, tlb_vcpu_left_out);

u64 tlbshadow_now(void)
{
	return tick();
}

bool tlbshadow_kept(u64 mm)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		const struct cpu_tlb *t = &tlbs[cpu];

		for (unsigned int i = 0; i < t->nr; i++)
			if (t->kept[i].mm == mm && keeps(t, &t->kept[i]))
				return true;
	}
	return false;
}

bool tlbshadow_knows(unsigned int cpu, u64 mm, u64 when)
{
	struct cpu_tlb *t = &tlbs[cpu];
	const struct kept *k = kept_under(t, t->loaded);

	return k && !t->preempted && keeps_from(t, k, mm, when);
}

void tlbshadow_owes(unsigned int cpu, u64 mm, u64 when, const struct table_gone *table)
{
	struct cpu_tlb *t = &tlbs[cpu];

	for (unsigned int i = 0; i < t->nr; i++) {
		struct kept *k = &t->kept[i];

		if (!keeps_from(t, k, mm, when) || k->gone.pfn)
			continue;
		k->gone = *table;
		k->gone_when = tick();
	}
}

void tlbshadow_kept_init(void)
{
	tlbs = memblock_alloc_or_die(nr_cpu_ids * sizeof(*tlbs), 64, "TLB shadow");
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		tlbs[cpu].loaded = NO_ASID;
}
