/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_TLBFLUSH_H
#define ASM_TLBFLUSH_H

#include <kernel/cpumask.h>
#include <kernel/linkset.h>
#include <kernel/types.h>
#include <asm/percpu.h>

/*
 * Flushing. What happens, in order, when a page-table entry of @mm has been changed:
 *
 *	1. the caller has changed the entry
 *	2. flush_tlb_mm_range() raises mm->context.tlb_gen: a full barrier
 *	3. only then it reads mm_cpumask(mm), and each CPU's loaded_mm
 *	4. it flushes this CPU, and has the backend flush the other CPUs
 *	5. it returns a receipt for exactly this flush
 *
 * The other side of 2/3 is switch_mm_irqs_off(): enter the mask (full barrier), then
 * read tlb_gen. So either the flusher sees the CPU, or the CPU sees the generation.
 */
struct mm_struct;

#define TLB_FLUSH_ALL	       (~0UL)
#define TLB_GENERATION_INVALID 0

/* Beyond this many strides a flush is a whole-mm flush (Linux: 33, debugfs). */
extern unsigned long tlb_single_page_flush_ceiling;

/**
 * struct flush_receipt - what one flush did; a value, valid for this flush only
 * @ctx_id: the mm whose translations were flushed; 0: nothing was flushed
 * @gen: the tlb_gen that this flush raised the mm to. An entry cleared when
 *       tlb_gen was < @gen was cleared before the flush began
 * @interrupted: other CPUs that took an interrupt for this flush, and ended its
 *       handler, before the flush returned
 * @waited: every CPU that could have been inside a lock-free walk of the mm *that it has
 *       loaded, and not lazily*, when the flush began has left it: each took the interrupt,
 *       or had the mm not loaded or only lazily, or there was no other CPU. GUP-fast walks
 *       no other mm. An NMI may (<mm/perf_walk.h>): the claim does not cover that walk
 */
struct flush_receipt {
	u64 ctx_id;
	u64 gen;
	unsigned int interrupted;
	bool waited;
};

#define FLUSH_RECEIPT_NONE ((struct flush_receipt){0})

/**
 * flush_tlb_mm_range - no CPU uses an old translation of [start, end) after this
 * @mm: the mm whose entries were changed
 * @start: first address, or 0 with @end TLB_FLUSH_ALL
 * @end: first address past the range, or TLB_FLUSH_ALL
 * @stride_shift: log2 of the distance between the entries that were changed
 * @freed_tables: a page table was unhooked: CPUs that hold @mm lazily must flush too
 *
 * Context: IRQs on; may be called under spinlocks. Return: the receipt.
 * Source: Linux flush_tlb_mm_range(), which returns nothing.
 */
struct flush_receipt flush_tlb_mm_range(struct mm_struct *mm, unsigned long start,
					unsigned long end, unsigned int stride_shift,
					bool freed_tables);

#define flush_tlb_mm(mm) flush_tlb_mm_range(mm, 0UL, TLB_FLUSH_ALL, 0UL, true)
#define flush_tlb_page(vma, a) \
	flush_tlb_mm_range((vma)->vm_mm, a, (a) + PAGE_SIZE, PAGE_SHIFT, false)
#define flush_tlb_range(vma, start, end) \
	flush_tlb_mm_range((vma)->vm_mm, start, end, vma_stride_shift(vma), true)

/**
 * struct flush_tlb_info - one flush, as handed to the backend and its handlers
 */
struct flush_tlb_info {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
	u64 new_tlb_gen;
	int initiating_cpu;
	u8 stride_shift;
	bool freed_tables;
	bool trim_cpumask;
};

/**
 * struct flush_claim - what a backend says about the one flush_multi() that returned it
 * @interrupted: CPUs that took an interrupt and whose handler ended before the return
 * @waited: no CPU of the mask is still inside a lock-free walk of info->mm that began
 *          before the call, with info->mm loaded and not lazily
 */
struct flush_claim {
	unsigned int interrupted;
	bool waited;
};

/* What a backend says of its claims as a whole: what results are expected of it, no more. */
enum flush_waits {
	FLUSH_WAITS_NEVER = BIT(0), /* no flush that reaches another CPU waits for walkers */
	FLUSH_WAITS_SOMETIMES = BIT(1), /* each claim says whether its flush waited */
	FLUSH_WAITS_ALWAYS = BIT(2),
};

/**
 * struct flush_broadcast - dropping the translations of a global ASID (<asm/asid.h>) on every
 * CPU of the machine, whatever it runs, without interrupting it
 * @flush: begin to drop what @info names under @asid; does not wait
 * @sync: all that this CPU began for @info is over: no CPU uses it any more. On the same CPU as
 *        @flush, with preemption off in between
 * @flush_all: drop everything that any CPU keeps under any ASID, and wait for it
 */
struct flush_broadcast {
	void (*flush)(const struct flush_tlb_info *info, u16 asid);
	void (*sync)(const struct flush_tlb_info *info);
	void (*flush_all)(void);
};

/**
 * struct flush_backend - how remote TLBs are flushed
 * @name: for flush=
 * @waits: flush_waits() says it; with @broadcast: if every mm has a global ASID
 * @native_ipi: flush_multi() is the native IPI flush on every call: what the upstream
 *              series tests once at boot. No policy but sync_implied.c may rest on it
 * @broadcast: NULL, or how mms that have a global ASID are flushed, in place of @flush_multi()
 * @available: NULL, or returns why the backend cannot be used on this machine, or NULL
 * @note: NULL, or returns what is emulated, and how, on this machine, for flush_backend_note()
 * @flush_multi: all CPUs of the mask, which may include this one, drop what @info
 *               names before it returns. IRQs on, preemption off
 */
struct flush_backend {
	const char *name;
	const char *help;
	enum flush_waits waits;
	bool native_ipi;
	const struct flush_broadcast *broadcast;
	const char *(*available)(void);
	const char *(*note)(void);
	struct flush_claim (*flush_multi)(const struct cpumask *mask,
					  const struct flush_tlb_info *info);
};
LINKSET_DECLARE(flush_backend, const struct flush_backend);
#define FLUSH_BACKEND(backend) LINKSET_ADD(flush_backend, &(backend))

/* The backend in use: flush= on the command line, or ipi. */
const struct flush_backend *flush_backend(void);
/*
 * What can be said of all claims under @b, given asid=: for lists and expectations only (the
 * matrix, tests that try to refute it); what one flush did is in its claim.
 */
enum flush_waits flush_waits(const struct flush_backend *b);
/* Why flush_backend() is not the one that was asked for, or NULL (banner, table). */
const char *flush_backend_note(void);
/* Use another one from now on (tests); no flush may be in flight. -ENOENT if unknown. */
int flush_backend_select(const char *name);

/* The two ways that other backends fall back on or build upon; same contract as flush_multi(). */
struct flush_claim native_flush_tlb_multi(const struct cpumask *mask,
					  const struct flush_tlb_info *info);
struct flush_claim nmi_flush_tlb_multi(const struct cpumask *mask,
				       const struct flush_tlb_info *info);

/* For backends and tests. */
void flush_tlb_func(void *info); /* the handler; IRQs off, any CPU */
bool should_flush_tlb(int cpu, void *info); /* does @cpu need a flush that frees no table? */
bool tlb_cpu_lazy(int cpu);
struct mm_struct *tlb_cpu_loaded_mm(int cpu); /* racy unless that CPU is held still */
u16 tlb_cpu_loaded_asid(int cpu); /* likewise */
void tlb_flush_local(const struct flush_tlb_info *info); /* this CPU, IRQs on */

/* Run by every CPU in mm_cpumask(mm): no CPU has it loaded lazily afterwards. */
void cleanup_lazy_tlbs(struct mm_struct *mm);

/* mask=: does a CPU leave mm_cpumask at switch-out (Linux <= 6.13) or at the next flush? */
extern bool mm_cpumask_eager;
/* trim=: may a flush interrupt CPUs that have left the mm, so that they leave its mask? */
extern bool mm_cpumask_trim;

#endif
