/* SPDX-License-Identifier: GPL-2.0 */
/* Which ASID an mm is loaded under, and the life of global ones. See <asm/asid.h>. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/event.h>
#include <kernel/param.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <asm/asid.h>
#include <asm/mmu_context.h>
#include <mm/busted.h>
#include "tlb.h"

DEFINE_BUSTED(asid_stale_slot, "a dynamic ASID is loaded without the flush that it is due");
DEFINE_BUSTED(asid_evict_no_flush, "a dynamic ASID goes to another mm without a flush");
DEFINE_BUSTED(asid_no_switching_wait,
	      "a transition to a global ASID takes a CPU that switches for one that is elsewhere");
DEFINE_BUSTED(asid_no_transition,
	      "a broadcast leaves out CPUs that are not on the global ASID yet");

enum asid_mode asid_mode __read_mostly = ASID_BORN;
unsigned int asid_sample_period = 32;
unsigned int asid_sample_cpus = 3;

/*
 * All under the lock. An id is unused, used, or used and freed. Translations of a freed one may
 * still be cached, so it stays used until the roll-over.
 */
static DEFINE_SPINLOCK(asid_lock, RANK_MM);
static unsigned long asid_used[BITS_TO_LONGS(MAX_ASID_AVAILABLE)];
static unsigned long asid_freed[BITS_TO_LONGS(MAX_ASID_AVAILABLE)];
static unsigned int nr_freed;
static u16 last_asid = TLB_NR_DYN_ASIDS - 1;
static u64 rollovers;

/*
 * The broadcast of the backend selected last that has one. Not that of the backend in use: a test
 * may have selected another one since, and an mm keeps its global ASID for life.
 */
static const struct flush_broadcast *broadcast __read_mostly;

struct new_asid __hot choose_new_asid(struct dyn_asids *dyn, const struct mm_struct *next,
				      u64 next_tlb_gen)
{
	u16 asid = mm_global_asid(next);

	if (asid)
		return (struct new_asid){.asid = asid, .need_flush = false};
	for (asid = 0; asid < TLB_NR_DYN_ASIDS; asid++)
		if (dyn->ctxs[asid].ctx_id == next->context.ctx_id)
			return (struct new_asid){
				.asid = asid,
				.need_flush = dyn->ctxs[asid].tlb_gen < next_tlb_gen &&
					      !busted(asid_stale_slot),
			};
	asid = dyn->next;
	dyn->next = (u16)((asid + 1) % TLB_NR_DYN_ASIDS);
	dyn->ctxs[asid].ctx_id = 0;
	return (struct new_asid){.asid = asid, .need_flush = !busted(asid_evict_no_flush)};
}

static u16 next_unused(u16 after)
{
	for (unsigned int asid = after + 1U; asid < MAX_ASID_AVAILABLE; asid++)
		if (!test_bit(asid, asid_used))
			return (u16)asid;
	return 0;
}

/* What was freed since the last time becomes unused, once nothing is cached under it. */
static void roll_over(void)
{
	lockdep_assert_held(&asid_lock);
	if (broadcast)
		broadcast->flush_all();
	for (unsigned int i = 0; i < ARRAY_SIZE(asid_used); i++) {
		asid_used[i] &= ~asid_freed[i];
		asid_freed[i] = 0;
	}
	nr_freed = 0;
	rollovers++;
}

static u16 global_asid_alloc_locked(void)
{
	u16 asid = next_unused(last_asid);

	if (!asid && nr_freed) {
		roll_over();
		asid = next_unused(TLB_NR_DYN_ASIDS - 1);
	}
	if (!asid)
		return 0;
	__set_bit(asid, asid_used);
	last_asid = asid;
	return asid;
}

u16 global_asid_alloc(void)
{
	u16 asid;

	spin_lock(&asid_lock);
	asid = global_asid_alloc_locked();
	spin_unlock(&asid_lock);
	return asid;
}

static void global_asid_free_locked(u16 asid)
{
	VM_BUG_ON(!test_bit(asid, asid_used) || test_bit(asid, asid_freed));
	__set_bit(asid, asid_freed);
	nr_freed++;
}

void global_asid_free(u16 asid)
{
	spin_lock(&asid_lock);
	global_asid_free_locked(asid);
	spin_unlock(&asid_lock);
}

u64 global_asid_rollovers(void)
{
	return READ_ONCE(rollovers);
}

/* @transition: CPUs may have @mm loaded. */
static void give_global_asid(struct mm_struct *mm, bool transition)
{
	u16 asid;

	spin_lock(&asid_lock);
	WRITE_ONCE(broadcast, flush_backend()->broadcast);
	asid = mm->context.global_asid ? 0 : global_asid_alloc_locked();
	if (asid) {
		observe(ASID_GLOBAL, mm->context.ctx_id, asid,
			transition ? ASID_GIVEN_IN_USE : ASID_GIVEN_AT_BIRTH);
		WRITE_ONCE(mm->context.asid_transition, transition);
		/* Pairs with mm_global_asid(): a CPU that sees the ASID also sees the transition. */
		shared_store_release(SITE_ASID, &mm->context.global_asid, asid);
	}
	spin_unlock(&asid_lock);
}

int init_new_context(struct task_struct *tsk, struct mm_struct *mm)
{
	static atomic64_t last_ctx_id = ATOMIC64_INIT(1); /* init_mm's */

	mm->context.ctx_id = (u64)atomic64_inc_return(&last_ctx_id);
	atomic64_set(&mm->context.tlb_gen, 1);
	mm->context.next_trim_cpumask = sched_clock() + NSEC_PER_SEC;
	if (asid_mode == ASID_BORN && flush_backend()->broadcast)
		give_global_asid(mm, false);
	return 0;
}

/* On some CPU, lazily or not. */
static bool is_loaded(const struct mm_struct *mm)
{
	unsigned int cpu;

	for_each_online_cpu (cpu)
		if (READ_ONCE(per_cpu(cpu_tlbstate.loaded_mm, cpu)) == mm)
			return true;
	return false;
}

void destroy_context(struct mm_struct *mm)
{
	u16 asid = mm_global_asid(mm);

	if (!asid)
		return;
	VM_BUG_ON(is_loaded(mm)); /* the CPU could fill its TLB after the roll-over */
	spin_lock(&asid_lock);
	observe(ASID_FREE, mm->context.ctx_id, asid, 0);
	global_asid_free_locked(asid);
	spin_unlock(&asid_lock);
}

void use_global_asid(struct mm_struct *mm)
{
	if (flush_backend()->broadcast)
		give_global_asid(mm, true);
}

/* Loaded, and not lazily, on more CPUs than @limit: a guess, for it may change at any time. */
static bool mm_active_cpus_exceed(struct mm_struct *mm, unsigned int limit)
{
	unsigned int cpu, active = 0;

	if (cpumask_weight(mm_cpumask(mm)) <= limit)
		return false;
	for_each_cpu (cpu, mm_cpumask(mm))
		if (tlb_cpu_loaded_mm((int)cpu) == mm && !tlb_cpu_lazy((int)cpu) &&
		    ++active > limit)
			return true;
	return false;
}

void consider_global_asid(struct mm_struct *mm)
{
	u64 tick;

	if (asid_mode != ASID_SAMPLED || !flush_backend()->broadcast)
		return;
	tick = sched_clock() / (NSEC_PER_SEC / CONFIG_HZ);
	if (current->id % asid_sample_period == tick % asid_sample_period &&
	    mm_active_cpus_exceed(mm, asid_sample_cpus))
		use_global_asid(mm);
}

/* Is @mm loaded on @cpu under another ASID than @asid, or about to be? */
static bool on_another_asid(unsigned int cpu, const struct mm_struct *mm, u16 asid)
{
	const struct tlb_state *s = &per_cpu(cpu_tlbstate, cpu);
	struct watchdog_wait w = {0};
	struct mm_struct *loaded;

	sync_point(SITE_LOADED, SYNC_READ, &s->loaded_mm); /* one step, however often it looks */
	/*
	 * Perhaps to this mm, and it has looked for a global ASID before there was one. Pairs with
	 * switch_mm_irqs_off(): loaded_mm_asid, then loaded_mm.
	 */
	while ((loaded = smp_load_acquire(&s->loaded_mm)) == LOADED_MM_SWITCHING &&
	       !busted(asid_no_switching_wait))
		watchdog_spin(&w, "switch of address spaces", (int)cpu);
	return loaded == mm && READ_ONCE(s->loaded_mm_asid) != asid;
}

/*
 * If a CPU has the mm loaded under another ASID, flush by interrupts: their handler loads the
 * global one. They go to the whole mask, since which CPUs these are may change meanwhile. A later
 * flush finds all CPUs on the global ASID and ends the transition.
 */
static struct flush_claim finish_asid_transition(const struct flush_tlb_info *info, u16 asid,
						 struct flush_claim claim)
{
	struct mm_struct *mm = info->mm;
	unsigned int cpu;

	if (!mm_in_asid_transition(mm))
		return claim;
	sync_point(SITE_MASK, SYNC_READ, mm_cpumask(mm)); /* all its words are one step */
	for_each_cpu (cpu, mm_cpumask(mm))
		if (on_another_asid(cpu, mm, asid) && !busted(asid_no_transition))
			return native_flush_tlb_multi(mm_cpumask(mm), info);
	WRITE_ONCE(mm->context.asid_transition, false);
	return claim;
}

struct flush_claim broadcast_tlb_flush(const struct flush_tlb_info *info, u16 asid)
{
	unsigned int cpu = (unsigned int)smp_processor_id();
	/* Read once: flush and sync must use one backend, also if a global ASID is given meanwhile. */
	const struct flush_broadcast *how = READ_ONCE(broadcast);
	u64 ctx_id = info->mm->context.ctx_id;
	/* No other CPU is in the mask: no other CPU can be walking the mm. */
	struct flush_claim claim = {
		.waited = cpumask_any_but(mm_cpumask(info->mm), cpu) >= nr_cpu_ids,
	};

	/* tlb_gen was raised, a full barrier: a CPU flushed now finds the changed entries. */
	observe(BROADCAST, ctx_id, info->new_tlb_gen, asid);
	how->flush(info, asid);
	claim = finish_asid_transition(info, asid, claim);
	/* TLBSYNC waits only for what this CPU has begun. */
	lockdep_assert(cpu == (unsigned int)smp_processor_id());
	how->sync(info);
	observe(BROADCAST_SYNC, ctx_id, info->new_tlb_gen, asid);
	return claim;
}

/* "sampled", "sampled,PERIOD", "sampled,PERIOD,CPUS" */
static int set_sampled(const char *value)
{
	unsigned int *const to[] = {&asid_sample_period, &asid_sample_cpus};
	char word[16];
	u64 n;

	for (unsigned int i = 0; *value; i++) {
		const char *end = strchr(++value, ',');
		size_t len = end ? (size_t)(end - value) : strlen(value);

		if (i == ARRAY_SIZE(to) || len >= sizeof(word))
			return -EINVAL;
		strscpy(word, value, len + 1);
		if (parse_u64(word, &n) || n > 1000000)
			return -EINVAL;
		*to[i] = (unsigned int)n;
		value += len;
	}
	asid_mode = ASID_SAMPLED;
	return asid_sample_period ? 0 : -EINVAL;
}

static int set_asid(const char *value)
{
	const size_t len = strlen("sampled");

	if (!strcmp(value, "born"))
		asid_mode = ASID_BORN;
	else if (!strcmp(value, "never"))
		asid_mode = ASID_NEVER;
	else if (!strncmp(value, "sampled", len) && (!value[len] || value[len] == ','))
		return set_sampled(value + len);
	else
		return -EINVAL;
	return 0;
}
PARAM(asid,
      "which mms get a global ASID where a flush can be a broadcast: born (every mm, default), sampled[,PERIOD[,CPUS]] (when seen in 1 of PERIOD ticks (32) on more than CPUS CPUs (3)), never",
      set_asid);
