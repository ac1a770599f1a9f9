/* SPDX-License-Identifier: GPL-2.0 */
/* flush_tlb_mm_range(): a few entries or everything, and how a CPU catches up. */
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/ktest.h>
#include <kernel/smp.h>
#include <mm/mm.h>
#include <asm/tlbflush.h>
#include <tests/holders.h>

#define ADDR	 0x40000000UL

#define NO_EVENT (~0ULL)

/* The third word of the newest event @id of @mm on @cpu. */
static u64 newest(unsigned int cpu, enum event_id id, const struct mm_struct *mm)
{
	static struct event ring[CONFIG_EVENT_RING];

	for (unsigned int n = event_ring_copy(cpu, ring, CONFIG_EVENT_RING); n-- > 0;)
		if (ring[n].id == id && ring[n].a == mm->context.ctx_id)
			return ring[n].c;
	return NO_EVENT;
}

/* Every CPU, all of which have the mm loaded, did @what for @mm last. */
static void expect_done(struct ktest *t, const struct mm_struct *mm, u64 what)
{
	unsigned int cpu;

	for_each_online_cpu (cpu)
		KEXPECT_EQ(t, newest(cpu, EV_FLUSH_FUNC, mm), what);
}

/* Up to the ceiling one by one, beyond it everything: in strides, whatever their size. */
static void ceiling_of(struct ktest *t, unsigned int stride_shift)
{
	unsigned long most = tlb_single_page_flush_ceiling;
	unsigned int self = (unsigned int)raw_smp_processor_id();
	struct mm_struct *mm = mm_alloc("ceiling");

	KASSERT(t, mm);
	KEXPECT_EQ(t, most, 33);
	holders_start(mm, HOLD_RUNNING);
	kthread_use_mm(mm);
	for (unsigned long n = most - 1; n <= most + 1; n++) {
		flush_tlb_mm_range(mm, ADDR, ADDR + (n << stride_shift), stride_shift, false);
		KEXPECT_EQ(t, newest(self, EV_FLUSH_BEGIN, mm), n <= most ? n : 0);
		expect_done(t, mm, n <= most ? FLUSHED_PART : FLUSHED_FULL);
	}
	flush_tlb_mm_range(mm, ADDR, ADDR + PAGE_SIZE, PAGE_SHIFT, true);
	expect_done(t, mm, FLUSHED_PART);
	flush_tlb_mm(mm);
	expect_done(t, mm, FLUSHED_FULL);
	kthread_unuse_mm(mm);
	holders_stop();
	mm_free(mm);
}

KTEST(flush, ceiling)
{
	if (!CONFIG_HOOKS)
		KSKIP(t, "needs events");
	ceiling_of(t, PAGE_SHIFT);
	ceiling_of(t, PMD_SHIFT);
}

static u64 next_gen(struct mm_struct *mm)
{
	return (u64)atomic64_inc_return(&mm->context.tlb_gen);
}

/* The handler of a flush that raised @mm to @gen runs here; what did it do? IRQs off. */
static u64 handle(struct mm_struct *mm, u64 gen)
{
	struct flush_tlb_info info = {
		.mm = mm,
		.start = ADDR,
		.end = ADDR + PAGE_SIZE,
		.stride_shift = PAGE_SHIFT,
		.new_tlb_gen = gen,
		.initiating_cpu = raw_smp_processor_id(),
	};

	flush_tlb_func(&info);
	return newest((unsigned int)raw_smp_processor_id(), EV_FLUSH_FUNC, mm);
}

KTEST(flush, catching_up)
{
	struct mm_struct *mm = mm_alloc("gens");
	u64 gen;

	if (!CONFIG_HOOKS)
		KSKIP(t, "needs events");
	KASSERT(t, mm);
	kthread_use_mm(mm);
	local_irq_disable();
	/* The next one: only what it names. */
	KEXPECT_EQ(t, handle(mm, next_gen(mm)), FLUSHED_PART);
	/* One was missed. */
	gen = next_gen(mm);
	KEXPECT_EQ(t, handle(mm, next_gen(mm)), FLUSHED_FULL);
	/* The missed one comes late, and has nothing left to do. */
	KEXPECT_EQ(t, handle(mm, gen), FLUSHED_NONE);
	/* A younger one has begun: everything now, nothing then. */
	gen = next_gen(mm);
	next_gen(mm);
	KEXPECT_EQ(t, handle(mm, gen), FLUSHED_FULL);
	KEXPECT_EQ(t, handle(mm, gen + 1), FLUSHED_NONE);
	local_irq_enable();
	kthread_unuse_mm(mm);
	mm_free(mm);
}

/* Loaded nowhere: no CPU does anything, but a CPU that loads it later must see the generation. */
KTEST(flush, loaded_nowhere)
{
	struct mm_struct *mm = mm_alloc("nowhere");
	struct flush_receipt r;
	s64 before;

	KASSERT(t, mm);
	before = atomic64_read(&mm->context.tlb_gen);
	r = flush_tlb_mm(mm);
	KEXPECT_EQ(t, r.ctx_id, mm->context.ctx_id);
	KEXPECT_EQ(t, r.gen, before + 1);
	KEXPECT_EQ(t, atomic64_read(&mm->context.tlb_gen), before + 1);
	KEXPECT_EQ(t, r.interrupted, 0);
	KEXPECT(t, r.waited);
	if (CONFIG_HOOKS)
		expect_done(t, mm, NO_EVENT);
	mm_free(mm);
}

/* No other CPU has it: this CPU flushes, and interrupts none. */
KTEST(flush, only_here)
{
	struct mm_struct *mm = mm_alloc("here");
	struct flush_receipt r;

	KASSERT(t, mm);
	kthread_use_mm(mm);
	r = flush_tlb_mm_range(mm, ADDR, ADDR + PAGE_SIZE, PAGE_SHIFT, false);
	KEXPECT_EQ(t, r.interrupted, 0);
	KEXPECT(t, r.waited);
	if (CONFIG_HOOKS)
		KEXPECT_EQ(t, newest((unsigned int)raw_smp_processor_id(), EV_FLUSH_FUNC, mm),
			   FLUSHED_PART);
	kthread_unuse_mm(mm);
	mm_free(mm);
}
