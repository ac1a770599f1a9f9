/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_ASID_H
#define ASM_ASID_H

#include <kernel/shared.h>
#include <mm/mm_types.h>
#include <asm/barrier.h>
#include <asm/page.h>
#include <asm/tlbflush.h>

/*
 * Address-space identifiers: the number under which a CPU caches the translations of an mm. As
 * in Linux an ASID is a PCID less one: PCID 0 is in use before the first mm is loaded. Two kinds:
 *
 *	dynamic	[0, 6)		a CPU's own: slot i of its ctxs[] names the mm that is cached
 *				under ASID i, and the flush that it has caught up with
 *	global	[6, 4094)	an mm's own, the same on every CPU until the mm dies: by it a
 *				broadcast finds the translations on whichever CPU they are
 *
 * Translations under a global ASID are clean at any time, loaded or not: there are none when
 * the ASID is handed out, and each flush of its mm from then on is a broadcast. So loading it
 * never flushes, and ctxs[] has no slot for it.
 *
 * A CPU without PCID caches nothing across a write to CR3. ctxs[] is maintained all the same: its
 * tlb_gens are then older than what the CPU holds, which is always safe.
 *
 * An mm is given its global ASID at birth, or while it is in use. Then CPUs still have it
 * loaded under dynamic ones, which no broadcast reaches, until each of them has been
 * interrupted: it is in transition.
 *
 *	use_global_asid()			switch_mm_irqs_off() on another CPU
 *	  asid_transition = true		  loaded_mm = SWITCHING
 *	  global_asid = asid	[release]	  enter the mask: full barrier	[S]
 *						  read global_asid	[acquire]
 *	finish_asid_transition()		  write CR3
 *	  read global_asid	[acquire]	  loaded_mm_asid, loaded_mm	[release]
 *	  read the mask, loaded_mm	[acquire]
 *
 * A flusher that reads global_asid, and then finds a CPU not in the mask or with another mm
 * loaded, knows that this CPU will read global_asid later, and so find it.
 *
 * Source: Linux arch/x86/mm/tlb.c.
 */
#define TLB_NR_DYN_ASIDS   6
#define MAX_ASID_AVAILABLE 4094 /* 12 bits of PCID, without PTI */

static inline u16 kern_pcid(u16 asid)
{
	return (u16)(asid + 1);
}

/* The ASID in a value of CR3. */
static inline u16 asid_of_cr3(unsigned long cr3)
{
	return (u16)((cr3 & ~PAGE_MASK) - 1);
}

static inline bool is_global_asid(u16 asid)
{
	return asid >= TLB_NR_DYN_ASIDS;
}

struct tlb_context {
	u64 ctx_id; /* 0: unused slot */
	u64 tlb_gen; /* what this CPU's translations of that mm have caught up with */
};

/* A CPU's dynamic ASIDs. Own CPU, IRQs off. */
struct dyn_asids {
	struct tlb_context ctxs[TLB_NR_DYN_ASIDS];
	u16 next; /* the slot that is evicted next */
};

struct new_asid {
	u16 asid;
	bool need_flush;
};

/**
 * choose_new_asid - under which ASID to load @next, and must loading it flush?
 * @dyn: this CPU's; a slot that had to be taken is emptied
 * @next_tlb_gen: as read after this CPU entered the mask
 *
 * The global one, never with a flush. Else the slot that has the mm, with a flush iff it is
 * behind; else the next slot in turn, with a flush.
 *
 * Context: IRQs off. Source: Linux choose_new_asid().
 */
struct new_asid choose_new_asid(struct dyn_asids *dyn, const struct mm_struct *next,
				u64 next_tlb_gen);

/* When mms are given global ASIDs: asid=. Only where the backend can broadcast. */
enum asid_mode {
	ASID_BORN, /* at birth, before any CPU has the mm loaded: no transition */
	ASID_SAMPLED, /* as Linux does: when seen in use on many CPUs at once */
	ASID_NEVER,
};
extern enum asid_mode asid_mode;

/* ASID_SAMPLED: a task looks in one timer tick of so many (Linux: 32) ... */
extern unsigned int asid_sample_period;
/* ... and an mm that is active on more CPUs than this gets one (Linux: 3). */
extern unsigned int asid_sample_cpus;

/* The mm's global ASID, or 0: has none. Acquire: later loads see what was before it was given. */
static inline u16 mm_global_asid(const struct mm_struct *mm)
{
	/* Pairs with give_global_asid(). */
	return shared_load_acquire(SITE_ASID, &mm->context.global_asid);
}

/* May a CPU have @mm loaded under a dynamic ASID although it has a global one? */
static inline bool mm_in_asid_transition(const struct mm_struct *mm)
{
	return mm && mm_global_asid(mm) && READ_ONCE(mm->context.asid_transition);
}

/**
 * use_global_asid - give @mm a global ASID while it is in use
 *
 * A no-op if it has one, or if none is left. Context: preemption on or off, IRQs on.
 * Source: Linux use_global_asid().
 */
void use_global_asid(struct mm_struct *mm);

/**
 * consider_global_asid - @mm was just flushed by interrupts: would a broadcast serve it?
 *
 * Context: IRQs on. Source: Linux consider_global_asid(); there the tick is jiffies, and
 * the task is its pid.
 */
void consider_global_asid(struct mm_struct *mm);

/**
 * broadcast_tlb_flush - flush an mm that has a global ASID
 *
 * Starts the broadcast, interrupts the mask if a CPU has the mm loaded under another ASID than
 * @asid, and waits for the broadcast to end. If interrupts were sent the claim is theirs: they
 * went to the whole mask. Else no walker was waited for.
 *
 * Context: preemption off, IRQs on. Source: Linux broadcast_tlb_flush().
 */
struct flush_claim broadcast_tlb_flush(const struct flush_tlb_info *info, u16 asid);

/*
 * The ids themselves; callers outside of asid.c are tests. Translations of a freed one may
 * still be cached on any CPU: it is handed out again only after all ids have been, and
 * everything has been dropped on all CPUs (roll-over). 0: none is left.
 */
u16 global_asid_alloc(void);
void global_asid_free(u16 asid);
u64 global_asid_rollovers(void);

#endif
