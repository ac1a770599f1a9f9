/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tlbshadow gets events of what a CPU loads under which PCID, with and without a flush, and has to
 * say when the CPU may still have cached the way into a table that is gone. The CPU is this one
 * and loads nothing: the events are made up, of mms that do not exist.
 */
#include <kernel/irqflags.h>
#include <kernel/ktest.h>
#include <kernel/smp.h>
#include <asm/asid.h>
#include <asm/insn.h>
#include <mm/mm.h>
#include <mm/pt_sync.h>
#include <mm/ptdesc.h>
#include <tests/oracle.h>

#define MM_ASID	   3
#define OTHER_ASID 4
#define OTHER	   (1ULL << 40) /* ctx_ids */
#define THIRD	   (2ULL << 40)
#define KEEP_TLB   CR3_NOFLUSH
#define FLUSH	   0UL

static struct mm_struct *mm;

static void load(u64 ctx_id, u16 asid, unsigned long flush)
{
	observe(SWITCH_MM, 0, ctx_id, kern_pcid(asid) | flush);
}

static void load_mm(unsigned long flush)
{
	load(mm->context.ctx_id, MM_ASID, flush);
}

static void leave(void)
{
	load(OTHER, OTHER_ASID, FLUSH);
}

static struct ptdesc *withdrawn(void)
{
	struct ptdesc *pt = pagetable_alloc(mm, PT_LEVEL_PTE);

	BUG_ON(!pt);
	pt_withdraw(mm, pt, 0);
	return pt;
}

static void table_goes(void)
{
	pagetable_free(withdrawn());
}

static void loaded(void)
{
	table_goes();
}

static void flushed(void)
{
	struct ptdesc *pt = withdrawn();

	observe(FLUSH_FUNC, mm->context.ctx_id, 2, FLUSHED_FULL);
	pagetable_free(pt);
}

/* The flush found nothing to do: nothing was dropped. */
static void passed_over(void)
{
	struct ptdesc *pt = withdrawn();

	observe(FLUSH_FUNC, mm->context.ctx_id, 2, FLUSHED_NONE);
	pagetable_free(pt);
}

static void back_unflushed(void)
{
	leave();
	table_goes();
	load_mm(KEEP_TLB);
}

static void back_flushed(void)
{
	leave();
	table_goes();
	load_mm(FLUSH);
}

/* Nothing went, and so nothing has to be dropped. */
static void back_for_nothing(void)
{
	leave();
	load_mm(KEEP_TLB);
}

/* Withdrawn while loaded, gone meanwhile. */
static void back_late(void)
{
	struct ptdesc *pt = withdrawn();

	leave();
	pagetable_free(pt);
	load_mm(KEEP_TLB);
}

static void back_twice(void)
{
	leave();
	table_goes();
	load_mm(FLUSH);
	leave();
	load_mm(KEEP_TLB);
}

static void other_flushed(void)
{
	leave();
	table_goes();
	observe(FLUSH_FUNC, OTHER, 2, FLUSHED_FULL);
	load_mm(KEEP_TLB);
}

static void all_flushed(void)
{
	leave();
	table_goes();
	observe(NMI_FLUSH, 0, 0, 0);
	load_mm(KEEP_TLB);
}

static void broadcast(void)
{
	leave();
	table_goes();
	observe(TLBSYNC, mm->context.ctx_id, 2, MM_ASID);
	load_mm(KEEP_TLB);
}

static void broadcast_of_another(void)
{
	leave();
	table_goes();
	observe(TLBSYNC, mm->context.ctx_id, 2, OTHER_ASID);
	load_mm(KEEP_TLB);
}

static void slot_taken(void)
{
	leave();
	load(THIRD, MM_ASID, FLUSH);
}

static void slot_taken_unflushed(void)
{
	leave();
	load(THIRD, MM_ASID, KEEP_TLB);
}

static void vcpu_unflushed(void)
{
	observe(VCPU_PREEMPT, 0, 0, 0);
	table_goes();
	observe(VCPU_RESUME, false, 0, 0);
}

static void vcpu_flushed(void)
{
	observe(VCPU_PREEMPT, 0, 0, 0);
	table_goes();
	observe(VCPU_RESUME, true, 0, 0);
}

/* How many violations @events are, on a CPU that begins with the mm loaded. */
static u64 violations(void (*events)(void))
{
	unsigned int cpu = (unsigned int)raw_smp_processor_id();
	u64 n;

	oracle_reset();
	load_mm(FLUSH);
	events();
	n = oracle_violations();
	/* Back to what this CPU really has loaded. */
	load(tlb_cpu_loaded_mm((int)cpu)->context.ctx_id, tlb_cpu_loaded_asid((int)cpu), FLUSH);
	oracle_reset();
	return n;
}

KTEST(oracle, tlbshadow_knows_pcids)
{
	static const struct {
		void (*events)(void);
		u64 violations;
		const char *name;
	} sequences[] = {
#define SEQUENCE(name, n) {name, n, #name}
		SEQUENCE(loaded, 1),	     SEQUENCE(flushed, 0),
		SEQUENCE(passed_over, 1),    SEQUENCE(back_unflushed, 1),
		SEQUENCE(back_flushed, 0),   SEQUENCE(back_for_nothing, 0),
		SEQUENCE(back_late, 1),	     SEQUENCE(back_twice, 0),
		SEQUENCE(other_flushed, 1),  SEQUENCE(all_flushed, 0),
		SEQUENCE(broadcast, 0),	     SEQUENCE(broadcast_of_another, 1),
		SEQUENCE(slot_taken, 0),     SEQUENCE(slot_taken_unflushed, 1),
		SEQUENCE(vcpu_unflushed, 1), SEQUENCE(vcpu_flushed, 0),
	};
	unsigned long flags;

	if (!CONFIG_HOOKS)
		KSKIP(t, "needs events");
	mm = mm_alloc("shadow");
	KASSERT(t, mm);
	BUG_ON(oracle_select("tlbshadow"));
	for (size_t i = 0; i < ARRAY_SIZE(sequences); i++) {
		u64 n;

		local_irq_save(flags);
		n = violations(sequences[i].events);
		local_irq_restore(flags);
		if (!KEXPECT_EQ(t, n, sequences[i].violations))
			printk("# %s\n", sequences[i].name);
	}
	BUG_ON(oracle_select(""));
	mm_free(mm);
}
