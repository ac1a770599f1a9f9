/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shootdown: which CPUs must flush, and how each catches up. <asm/tlbflush.h> has the
 * order of the steps; flush_<how>.c has the ways to reach a remote CPU.
 *
 * The pairing that everything rests on (store buffer shape; both sides full barriers):
 *
 *	flush_tlb_mm_range()			switch_mm_irqs_off()
 *	  clear PTE (the caller)		  loaded_mm = SWITCHING
 *	  inc tlb_gen			[F]	  set own bit in mm_cpumask	[S]
 *	  read mm_cpumask, loaded_mm		  read tlb_gen
 *
 * Either the flusher sees the CPU in the mask (and SWITCHING or the mm in loaded_mm), or
 * the CPU reads the raised tlb_gen and starts with a TLB that holds nothing older.
 *
 * asid.c decides under which ASID an mm is loaded.
 *
 * Source: Linux arch/x86/mm/tlb.c.
 */
#include <kernel/bug.h>
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/param.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/mmu_context.h>
#include <mm/busted.h>
#include <mm/mm_types.h>
#include "tlb.h"

DEFINE_BUSTED(tlb_skip_lazy, "a flush that frees tables leaves lazy CPUs alone (3ef938c35035)");
DEFINE_BUSTED(tlb_no_remote, "a flush reaches no other CPU");
DEFINE_BUSTED(tlb_plain_loaded_mm, "loaded_mm becomes LOADED_MM_SWITCHING by a plain store");
DEFINE_BUSTED(tlb_no_switching,
	      "a flush leaves a CPU alone that is in the middle of a switch (fea4e317f9e7)");
DEFINE_BUSTED(tlb_switch_no_mb,
	      "a switch that finds its bit in the mask reads tlb_gen without a full barrier");
DEFINE_BUSTED(tlb_unlazy_no_mb, "a lazy CPU takes its mm up again without a full barrier");
DEFINE_BUSTED(tlb_partial_flush,
	      "a flush of a range drops only that range, even if the CPU has missed other flushes");

DEFINE_PER_CPU_ALIGNED(struct tlb_state, cpu_tlbstate) = {
	.loaded_mm = &init_mm,
	.dyn = {.ctxs[0] = {.ctx_id = 1, .tlb_gen = 1}, .next = 1},
};
DEFINE_PER_CPU_ALIGNED(struct tlb_state_shared, cpu_tlbstate_shared);

unsigned long tlb_single_page_flush_ceiling = 33;
bool mm_cpumask_eager;

static u64 read_mm_tlb_gen(struct mm_struct *mm)
{
	return (u64)shared_op(SITE_GEN, SYNC_READ, &mm->context.tlb_gen, atomic64_read(PTR));
}

void switch_mm_irqs_off(struct mm_struct *unused, struct mm_struct *next, struct task_struct *tsk)
{
	struct mm_struct *prev = this_cpu_read(cpu_tlbstate.loaded_mm);
	u16 asid = this_cpu_read(cpu_tlbstate.loaded_mm_asid);
	bool was_lazy = this_cpu_read(cpu_tlbstate_shared.is_lazy);
	struct dyn_asids *dyn = this_cpu_ptr(&cpu_tlbstate.dyn);
	int cpu = raw_smp_processor_id();
	struct new_asid new;
	u64 next_gen;

	lockdep_assert_irqs_disabled();
	VM_BUG_ON(prev == LOADED_MM_SWITCHING);
	if (was_lazy)
		shared_this_cpu_write(SITE_LAZY, cpu_tlbstate_shared.is_lazy, false);

	if (prev == next) {
		bool to_global = mm_global_asid(next);

		/* Broadcasts have kept a global ASID clean, lazy or not. */
		if (next == &init_mm || is_global_asid(asid))
			return;
		/* Not lazy before: flush IPIs of this mm were never skipped for this CPU. */
		if (!was_lazy && !to_global)
			return;
		/*
		 * While lazy this CPU may have been left out of flushes. is_lazy = false before
		 * tlb_gen is read; pairs with [F], which comes before the flusher reads is_lazy.
		 */
		if (!busted(tlb_unlazy_no_mb))
			smp_mb();
		next_gen = read_mm_tlb_gen(next);
		if (dyn->ctxs[asid].tlb_gen == next_gen && !to_global)
			return;
	} else {
		if (busted(tlb_plain_loaded_mm))
			shared_op(SITE_LOADED, SYNC_WRITE, this_cpu_ptr(&cpu_tlbstate.loaded_mm),
				  *PTR = LOADED_MM_SWITCHING);
		else
			shared_this_cpu_write(SITE_LOADED, cpu_tlbstate.loaded_mm,
					      LOADED_MM_SWITCHING);
		barrier(); /* is_lazy before loaded_mm; pairs with should_flush_tlb() */

		/* Linux <= 6.13 left the mask here; later ones at the next flush. */
		if (mm_cpumask_eager && prev != &init_mm)
			shared_rmw(SITE_MASK, mm_cpumask(prev), cpumask_clear_cpu(cpu, PTR));
		sync_point(SITE_MASK, SYNC_RMW, mm_cpumask(next)); /* test and set: one step */
		if (next != &init_mm && !cpumask_test_cpu(cpu, mm_cpumask(next)))
			cpumask_set_cpu(cpu, mm_cpumask(next)); /* [S] */
		else if (!busted(tlb_switch_no_mb))
			smp_mb(); /* [S] */
		next_gen = read_mm_tlb_gen(next);
		busted_hook(tlb_switch_irqs_on, &cpu_tlbstate.loaded_mm);
	}

	new = choose_new_asid(dyn, next, next_gen);
	if (!is_global_asid(new.asid))
		dyn->ctxs[new.asid] = (struct tlb_context){next->context.ctx_id, next_gen};
	load_new_mm_cr3(next, new);
	barrier(); /* CR3 first: a handler that reads loaded_mm == next relies on CR3 */
	observe(SWITCH_MM, prev->context.ctx_id, next->context.ctx_id, build_cr3(next, new));
	/* The ASID and the mm are one step. */
	sync_point(SITE_LOADED, SYNC_WRITE, this_cpu_ptr(&cpu_tlbstate.loaded_mm));
	this_cpu_write(cpu_tlbstate.loaded_mm_asid, new.asid);
	/* Pairs with on_another_asid(): a CPU that sees the mm also sees its ASID. */
	smp_store_release(this_cpu_ptr(&cpu_tlbstate.loaded_mm), next);
}

void enter_lazy_tlb(struct mm_struct *mm, struct task_struct *tsk)
{
	lockdep_assert_irqs_disabled();
	if (this_cpu_read(cpu_tlbstate.loaded_mm) == &init_mm)
		return;
	observe(LAZY, this_cpu_read(cpu_tlbstate.loaded_mm)->context.ctx_id, 0, 0);
	shared_this_cpu_write(SITE_LAZY, cpu_tlbstate_shared.is_lazy, true);
}

bool tlb_cpu_lazy(int cpu)
{
	return READ_ONCE(per_cpu(cpu_tlbstate_shared, cpu).is_lazy);
}

struct mm_struct *tlb_cpu_loaded_mm(int cpu)
{
	return READ_ONCE(per_cpu(cpu_tlbstate, cpu).loaded_mm);
}

u16 tlb_cpu_loaded_asid(int cpu)
{
	return READ_ONCE(per_cpu(cpu_tlbstate, cpu).loaded_mm_asid);
}

/*
 * Drop what @f names, or everything; the caller decides which. INVLPG affects only the loaded PCID,
 * which is the mm's.
 */
static void flush_this_cpu(const struct flush_tlb_info *f, bool partial)
{
	if (!partial) {
		flush_loaded_asid();
		return;
	}
	for (unsigned long addr = f->start; addr < f->end; addr += 1UL << f->stride_shift)
		insn_invlpg(addr);
}

static enum flush_done __hot flush_and_catch_up(const struct flush_tlb_info *f)
{
	struct mm_struct *loaded = this_cpu_read(cpu_tlbstate.loaded_mm);
	u16 asid = this_cpu_read(cpu_tlbstate.loaded_mm_asid);
	u64 mm_gen, local_gen;
	struct tlb_context *ctx;
	bool partial;

	/* The whole of a switch runs with interrupts off. */
	VM_BUG_ON(loaded == LOADED_MM_SWITCHING);
	if (f->initiating_cpu != raw_smp_processor_id() && f->mm && f->mm != loaded) {
		/* This CPU no longer has the mm loaded: leave its mask. */
		shared_rmw(SITE_MASK, mm_cpumask(f->mm),
			   cpumask_clear_cpu(raw_smp_processor_id(), PTR));
		return FLUSHED_OTHER_MM;
	}
	/*
	 * A global ASID is flushed by broadcasts. This flush may be none, because its flusher saw
	 * no global ASID yet. But the flusher had changed the entry before that, so translations
	 * cached under the new ASID since then are of the new entry.
	 */
	if (loaded == &init_mm || is_global_asid(asid))
		return FLUSHED_NONE;
	ctx = this_cpu_ptr(&cpu_tlbstate.dyn.ctxs[asid]);
	local_gen = ctx->tlb_gen;
	VM_BUG_ON(ctx->ctx_id != loaded->context.ctx_id);
	if (this_cpu_read(cpu_tlbstate_shared.is_lazy)) {
		/*
		 * The paging-structure caches may lead to a table that is about to be freed, and
		 * the CPU may walk it speculatively. Loading init_mm costs no more than a flush.
		 */
		switch_mm_irqs_off(NULL, &init_mm, NULL);
		return FLUSHED_LAZY;
	}
	if (mm_global_asid(loaded)) {
		switch_mm_irqs_off(NULL, loaded, NULL);
		return FLUSHED_TO_GLOBAL;
	}
	if (f->new_tlb_gen != TLB_GENERATION_INVALID && f->new_tlb_gen <= local_gen)
		return FLUSHED_NONE;
	mm_gen = read_mm_tlb_gen(loaded);
	if (local_gen == mm_gen)
		return FLUSHED_NONE;
	VM_BUG_ON(local_gen > mm_gen || f->new_tlb_gen > mm_gen);
	/*
	 * Flush only what @f names if this CPU has missed no other flush and no later one has
	 * begun. Else flush everything: the handlers of the later ones then return at once.
	 */
	partial = f->end != TLB_FLUSH_ALL &&
		  ((f->new_tlb_gen == local_gen + 1 && f->new_tlb_gen == mm_gen) ||
		   busted(tlb_partial_flush));
	flush_this_cpu(f, partial);
	ctx->tlb_gen = mm_gen;
	return partial ? FLUSHED_PART : FLUSHED_FULL;
}

void __hot flush_tlb_func(void *info)
{
	const struct flush_tlb_info *f = info;
	enum flush_done done;

	lockdep_assert_irqs_disabled();
	done = flush_and_catch_up(f);
	observe(FLUSH_FUNC, f->mm ? f->mm->context.ctx_id : 0, f->new_tlb_gen, done);
}

bool should_flush_tlb(int cpu, void *info)
{
	const struct flush_tlb_info *f = info;
	struct mm_struct *loaded;

	loaded = shared_read(SITE_LOADED, &per_cpu(cpu_tlbstate, cpu).loaded_mm);
	/* loaded_mm before is_lazy; pairs with switch_mm_irqs_off(), which writes them in the
	 * other order: is_lazy = false, then SWITCHING and next. */
	smp_rmb();
	/* A lazy CPU catches up when it stops being lazy, and this flush frees no table. */
	if (shared_read(SITE_LAZY, &per_cpu(cpu_tlbstate_shared, cpu).is_lazy))
		return false;
	if (!f->mm)
		return true;
	/* In the middle of a switch: perhaps to the mm, with a tlb_gen older than this flush. */
	if (loaded == LOADED_MM_SWITCHING)
		return !busted(tlb_no_switching);
	if (loaded == f->mm)
		return true;
	return f->trim_cpumask;
}

DEFINE_BUSTED(tlb_local_irqs_on, "a CPU flushes its own TLB with interrupts on");

void tlb_flush_local(const struct flush_tlb_info *info)
{
	lockdep_assert_irqs_enabled();
	if (!busted(tlb_local_irqs_on))
		local_irq_disable();
	flush_tlb_func((void *)info);
	if (!busted(tlb_local_irqs_on))
		local_irq_enable();
}

bool mm_cpumask_trim = true;

static int set_trim(const char *value)
{
	if (strcmp(value, "on") && strcmp(value, "off"))
		return -1;
	mm_cpumask_trim = !strcmp(value, "on");
	return 0;
}
PARAM(trim, "on: once a second a flush also goes to CPUs that have left the mm (default), or off",
      set_trim);

/* Once a second and mm, let CPUs that have left the mm take themselves out of its mask. */
static bool should_trim_cpumask(struct mm_struct *mm)
{
	u64 now = sched_clock();

	if (!mm_cpumask_trim || now < READ_ONCE(mm->context.next_trim_cpumask))
		return false;
	WRITE_ONCE(mm->context.next_trim_cpumask, now + NSEC_PER_SEC);
	return true;
}

static u64 inc_mm_tlb_gen(struct mm_struct *mm)
{
	return (u64)shared_rmw(SITE_GEN, &mm->context.tlb_gen, atomic64_inc_return(PTR)); /* [F] */
}

static void init_flush_tlb_info(struct flush_tlb_info *f, struct mm_struct *mm, unsigned long start,
				unsigned long end, unsigned int stride_shift, bool freed_tables)
{
	if (end == TLB_FLUSH_ALL || (end - start) >> stride_shift > tlb_single_page_flush_ceiling) {
		start = 0;
		end = TLB_FLUSH_ALL;
	}
	*f = (struct flush_tlb_info){
		.mm = mm,
		.start = start,
		.end = end,
		.stride_shift = (u8)stride_shift,
		.freed_tables = freed_tables && !busted(tlb_skip_lazy),
		.initiating_cpu = raw_smp_processor_id(),
	};
}

struct flush_receipt flush_tlb_mm_range(struct mm_struct *mm, unsigned long start,
					unsigned long end, unsigned int stride_shift,
					bool freed_tables)
{
	/* No other CPU is in the mask: no other CPU can be walking the mm. */
	struct flush_claim claim = {.waited = true};
	struct flush_tlb_info info;
	int cpu = get_cpu();
	u16 asid;

	init_flush_tlb_info(&info, mm, start, end, stride_shift, freed_tables);
	info.new_tlb_gen = inc_mm_tlb_gen(mm);
	observe(FLUSH_BEGIN, mm->context.ctx_id, info.new_tlb_gen,
		info.end == TLB_FLUSH_ALL ? 0 : (info.end - info.start) >> stride_shift);
	/* All that this flush reads of the mask, in here and in the backend, is one step. */
	sync_point(SITE_MASK, SYNC_READ, mm_cpumask(mm));
	asid = mm_global_asid(mm);
	if (asid) {
		claim = broadcast_tlb_flush(&info, asid);
	} else if (cpumask_any_but(mm_cpumask(mm), (unsigned int)cpu) < nr_cpu_ids &&
		   !busted(tlb_no_remote)) {
		info.trim_cpumask = should_trim_cpumask(mm);
		claim = flush_backend()->flush_multi(mm_cpumask(mm), &info);
		busted_hook(tlb_trim_remote, mm, &cpu_tlbstate.loaded_mm);
	} else if (mm == this_cpu_read(cpu_tlbstate.loaded_mm)) {
		tlb_flush_local(&info);
	}
	observe(FLUSH_END, mm->context.ctx_id, info.new_tlb_gen, claim.interrupted);
	current->acct.flushes++;
	current->acct.flush_ipis += claim.interrupted;
	put_cpu();
	if (!asid && claim.interrupted)
		consider_global_asid(mm);
	return (struct flush_receipt){
		.ctx_id = mm->context.ctx_id,
		.gen = info.new_tlb_gen,
		.interrupted = claim.interrupted,
		.waited = claim.waited,
	};
}

static void drop_lazy_mm(void *info)
{
	struct mm_struct *mm = info;

	if (this_cpu_read(cpu_tlbstate.loaded_mm) != mm)
		return;
	VM_BUG_ON(!this_cpu_read(cpu_tlbstate_shared.is_lazy));
	switch_mm_irqs_off(NULL, &init_mm, NULL);
}

void cleanup_lazy_tlbs(struct mm_struct *mm)
{
	/* A reference count would do as well; an interrupt at the end of an mm is rarer. */
	on_each_cpu_mask(mm_cpumask(mm), drop_lazy_mm, mm, true);
}

static int set_mask(const char *value)
{
	if (strcmp(value, "lazy") && strcmp(value, "eager"))
		return -1;
	mm_cpumask_eager = !strcmp(value, "eager");
	return 0;
}
PARAM(mask,
      "when a CPU leaves mm_cpumask: lazy (at the next flush, default) or eager (at the switch)",
      set_mask);
