/* SPDX-License-Identifier: GPL-2.0 */
/* ASIDs: which slot an mm gets, the life of global ids, and the operands of INVLPGB. */
#include <kernel/ktest.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/cpufeature.h>
#include <asm/invlpgb.h>
#include <asm/smp.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>

#define VECTOR_NMI 2

/* Only its context is looked at. */
static struct mm_struct *fake_mm(u64 ctx_id)
{
	static struct mm_struct mm;

	memset(&mm, 0, sizeof(mm));
	mm.context.ctx_id = ctx_id;
	return &mm;
}

/* What switch_mm_irqs_off() does with the choice. */
static struct new_asid load(struct dyn_asids *dyn, u64 ctx_id, u64 gen)
{
	struct new_asid new = choose_new_asid(dyn, fake_mm(ctx_id), gen);

	dyn->ctxs[new.asid] = (struct tlb_context){ctx_id, gen};
	return new;
}

KTEST(asid, slots_in_turn)
{
	struct dyn_asids dyn = {0};

	for (u16 i = 0; i < 2 * TLB_NR_DYN_ASIDS; i++) {
		struct new_asid new = load(&dyn, 100 + i, 1);

		KEXPECT_EQ(t, new.asid, i % TLB_NR_DYN_ASIDS);
		KEXPECT(t, new.need_flush);
	}
	/* The six newest are still there, the one before them is not. */
	for (u16 i = TLB_NR_DYN_ASIDS; i < 2 * TLB_NR_DYN_ASIDS; i++) {
		struct new_asid new = load(&dyn, 100 + i, 1);

		KEXPECT_EQ(t, new.asid, i % TLB_NR_DYN_ASIDS);
		KEXPECT(t, !new.need_flush);
	}
	KEXPECT(t, load(&dyn, 105, 1).need_flush);
}

KTEST(asid, slot_that_is_behind_is_flushed)
{
	struct dyn_asids dyn = {0};

	KEXPECT_EQ(t, load(&dyn, 100, 5).asid, 0);
	KEXPECT(t, !load(&dyn, 100, 5).need_flush);
	KEXPECT(t, load(&dyn, 100, 6).need_flush);
	KEXPECT(t, !load(&dyn, 100, 6).need_flush);
	KEXPECT_EQ(t, load(&dyn, 100, 6).asid, 0);
	KEXPECT_EQ(t, dyn.next, 1);
}

/* Taken from its mm and not given to the next: what is there belongs to no mm. */
KTEST(asid, slot_is_emptied_when_taken)
{
	struct dyn_asids dyn = {0};

	load(&dyn, 100, 5);
	dyn.next = 0;
	KEXPECT_EQ(t, choose_new_asid(&dyn, fake_mm(101), 1).asid, 0);
	KEXPECT_EQ(t, dyn.ctxs[0].ctx_id, 0);
}

KTEST(asid, global_one_is_never_flushed)
{
	struct mm_struct *mm = fake_mm(100);
	struct dyn_asids dyn = {0};
	struct new_asid new;

	load(&dyn, 100, 1);
	mm->context.global_asid = 77;
	new = choose_new_asid(&dyn, mm, 9);
	KEXPECT_EQ(t, new.asid, 77);
	KEXPECT(t, !new.need_flush);
}

static u64 nmis_taken(void)
{
	unsigned int cpu;
	u64 n = 0;

	for_each_online_cpu (cpu)
		n += irq_count(cpu, VECTOR_NMI);
	return n;
}

struct saved {
	const char *backend;
	enum asid_mode mode;
};

/* A backend that can broadcast, on any machine. */
static struct saved begin(struct ktest *t, enum asid_mode mode)
{
	struct saved s = {flush_backend()->name, asid_mode};

	KEXPECT_EQ(t, flush_backend_select("invlpgb-nmi"), 0);
	asid_mode = mode;
	return s;
}

static void end(struct ktest *t, struct saved s)
{
	asid_mode = s.mode;
	KEXPECT_EQ(t, flush_backend_select(s.backend), 0);
}

KTEST(asid, born_with_one_where_a_flush_can_be_a_broadcast)
{
	struct saved s = begin(t, ASID_BORN);
	struct mm_struct *a = mm_alloc("a"), *b = mm_alloc("b"), *c;

	KASSERT(t, a && b);
	KEXPECT(t, is_global_asid(mm_global_asid(a)));
	KEXPECT(t, is_global_asid(mm_global_asid(b)));
	KEXPECT_NE(t, mm_global_asid(a), mm_global_asid(b));
	KEXPECT(t, !mm_in_asid_transition(a));
	asid_mode = ASID_NEVER;
	c = mm_alloc("c");
	KASSERT(t, c);
	KEXPECT_EQ(t, mm_global_asid(c), 0);
	mm_free(c);
	asid_mode = ASID_BORN;
	KEXPECT_EQ(t, flush_backend_select("ipi"), 0);
	c = mm_alloc("c");
	KASSERT(t, c);
	KEXPECT_EQ(t, mm_global_asid(c), 0);
	use_global_asid(c);
	KEXPECT_EQ(t, mm_global_asid(c), 0);
	mm_free(c);
	mm_free(b);
	mm_free(a);
	end(t, s);
}

/* A freed id comes back only behind a flush of everything, everywhere. */
KTEST(asid, freed_id_waits_for_the_roll_over)
{
	struct saved s = begin(t, ASID_BORN);
	struct mm_struct *mm = mm_alloc("owner"); /* so that an mm can broadcast */
	u64 before = global_asid_rollovers(), nmis = nmis_taken();
	unsigned int handed_out = 0;
	u16 kept = mm ? mm_global_asid(mm) : 0, asid, first;

	KASSERT(t, kept);
	first = global_asid_alloc();
	global_asid_free(first);
	for (asid = 0; asid != first && handed_out <= 2 * MAX_ASID_AVAILABLE; handed_out++) {
		asid = global_asid_alloc();
		KASSERT(t, is_global_asid(asid) && asid < MAX_ASID_AVAILABLE);
		KASSERT(t, asid != kept);
		global_asid_free(asid);
		if (asid == first)
			KEXPECT_GT(t, global_asid_rollovers(), before);
		else if (asid > first)
			KASSERT(t, global_asid_rollovers() == before);
	}
	KEXPECT_EQ(t, asid, first);
	KEXPECT_EQ(t, global_asid_rollovers(), before + 1);
	KEXPECT_EQ(t, nmis_taken() - nmis, num_online_cpus() - 1);
	mm_free(mm);
	end(t, s);
}

/* Hands out the next id and takes it back. */
static u16 pass_one(void)
{
	u16 asid = global_asid_alloc();

	global_asid_free(asid);
	return asid;
}

/* Freed ahead of what is handed out next, an id has not been flushed since the last roll-over. */
KTEST(asid, freed_ahead_waits_for_the_next_roll_over)
{
	struct saved s = begin(t, ASID_BORN);
	struct mm_struct *mm = mm_alloc("owner"); /* so that an mm can broadcast */
	u16 ahead, asid;
	u64 turn;

	KASSERT(t, mm);
	for (unsigned int i = 0; i < 50; i++)
		pass_one();
	ahead = global_asid_alloc();
	KASSERT(t, is_global_asid(ahead));
	turn = global_asid_rollovers();
	do
		asid = pass_one();
	while (global_asid_rollovers() == turn);
	KASSERT(t, asid < ahead);
	global_asid_free(ahead);
	turn = global_asid_rollovers();
	do
		asid = pass_one();
	while (asid != ahead && global_asid_rollovers() == turn);
	KEXPECT_GT(t, global_asid_rollovers(), turn);
	mm_free(mm);
	end(t, s);
}

/* An mm that there is no memory for: as often as there are ids. */
KTEST(asid, given_back_without_memory)
{
	struct saved s = begin(t, ASID_BORN);
	struct mm_struct *mm;

	for (unsigned int i = 0; i < MAX_ASID_AVAILABLE; i++) {
		fail_page_alloc_nth(2); /* the PGD */
		KASSERT(t, !mm_alloc("none"));
		KASSERT(t, !fail_page_alloc_nth(0));
	}
	mm = mm_alloc("last");
	KASSERT(t, mm);
	KEXPECT(t, is_global_asid(mm_global_asid(mm)));
	mm_free(mm);
	end(t, s);
}

KTEST(asid, dynamic_when_all_are_taken)
{
	struct saved s = begin(t, ASID_BORN);
	static u16 taken[MAX_ASID_AVAILABLE];
	struct mm_struct *mm = mm_alloc("early"), *late, *later;
	unsigned int nr = 0;

	KASSERT(t, mm);
	while (nr < MAX_ASID_AVAILABLE && (taken[nr] = global_asid_alloc()))
		nr++;
	KEXPECT_GT(t, nr, MAX_ASID_AVAILABLE / 2);
	KEXPECT_LE(t, nr, MAX_ASID_AVAILABLE - TLB_NR_DYN_ASIDS - 1);
	late = mm_alloc("late");
	KASSERT(t, late);
	KEXPECT_EQ(t, mm_global_asid(late), 0);
	use_global_asid(late);
	KEXPECT_EQ(t, mm_global_asid(late), 0);
	KEXPECT(t, flush_tlb_mm(late).waited);
	while (nr)
		global_asid_free(taken[--nr]);
	later = mm_alloc("later");
	KASSERT(t, later);
	KEXPECT(t, mm_global_asid(later));
	mm_free(later);
	mm_free(late);
	mm_free(mm);
	end(t, s);
}

/* AMD APM vol. 3, INVLPGB, worked out by hand. */
#define ONE_MM	    0x6ULL /* PCID, ASID */
#define PAGES_OF_MM 0x7ULL /* VA, PCID, ASID */

KTEST(invlpgb_encoding, whole)
{
	struct invlpgb op = invlpgb_single_pcid(0x4d);

	KEXPECT_EQ(t, op.rax, ONE_MM);
	KEXPECT_EQ(t, op.ecx, 0);
	KEXPECT_EQ(t, op.edx, 0x004e0000);
	op = invlpgb_single_pcid(MAX_ASID_AVAILABLE - 1);
	KEXPECT_EQ(t, op.edx, 0x0ffe0000);
	op = invlpgb_all_nonglobals();
	KEXPECT_EQ(t, op.rax, 0x4);
	KEXPECT_EQ(t, op.ecx, 0);
	KEXPECT_EQ(t, op.edx, 0);
}

struct want {
	u64 rax;
	u32 ecx;
};

static void expect_ops(struct ktest *t, const struct flush_tlb_info *f, u32 count_max,
		       const struct want *want, unsigned int nr)
{
	unsigned long addr = f->start;

	for (unsigned int i = 0; i < nr; i++) {
		struct invlpgb op;

		KASSERT(t, addr < f->end);
		op = invlpgb_range(f, 6, &addr, count_max);
		KEXPECT_EQ(t, op.rax, want[i].rax);
		KEXPECT_EQ(t, op.ecx, want[i].ecx);
		KEXPECT_EQ(t, op.edx, 0x00070000);
	}
	KEXPECT_EQ(t, addr, f->end);
}

KTEST(invlpgb_encoding, pages_in_chunks)
{
	const struct flush_tlb_info f = {
		.start = 0x40000000, .end = 0x40000000 + 19 * PAGE_SIZE, .stride_shift = 12};
	const struct want by8[] = {{0x40000007, 7}, {0x40008007, 7}, {0x40010007, 2}};
	const struct want by16[] = {{0x40000007, 15}, {0x40010007, 2}};
	struct want by1[19];

	for (unsigned int i = 0; i < 19; i++)
		by1[i] = (struct want){(0x40000000 + i * 0x1000) | PAGES_OF_MM, 0};
	expect_ops(t, &f, 1, by1, 19);
	expect_ops(t, &f, 8, by8, 3);
	expect_ops(t, &f, 16, by16, 2);
	/* As many as fit into ECX[15:0]. */
	expect_ops(t, &f, 0x10000, &(struct want){0x40000007, 18}, 1);
}

KTEST(invlpgb_encoding, large_strides)
{
	struct flush_tlb_info f = {.start = 0x7fffc0000000,
				   .end = 0x7fffc0000000 + 9 * PMD_SIZE,
				   .stride_shift = PMD_SHIFT};
	const struct want pmds[] = {{0x7fffc0000007, 0x80000007}, {0x7fffc1000007, 0x80000000}};
	const struct want puds[] = {{0x7fffc0000007, 0}, {0x800000000007, 0}};

	expect_ops(t, &f, 8, pmds, 2);
	/* No stride of 1 GiB: an instruction each, not 512 times the pages in between. */
	f.end = f.start + 2 * PUD_SIZE;
	f.stride_shift = PUD_SHIFT;
	expect_ops(t, &f, 8, puds, 2);
}

/* The last page of a range that is no multiple of the stride is flushed too. */
KTEST(invlpgb_encoding, less_than_a_stride)
{
	struct flush_tlb_info f = {
		.start = 0x40000000, .end = 0x40001000, .stride_shift = PMD_SHIFT};
	unsigned long addr = f.start;
	struct invlpgb op = invlpgb_range(&f, 6, &addr, 8);

	KEXPECT_EQ(t, op.rax, 0x40000007);
	KEXPECT_EQ(t, op.ecx, 0x80000000);
	KEXPECT_GE(t, addr, f.end);
}

/* The backend executes the operands worked out above, and its events say so. */
KTEST(invlpgb_encoding, executed)
{
	const char *old = flush_backend()->name;
	struct invlpgb_counts before, after;
	unsigned int syncs = cpu_family() == 0x1a ? 2 : 1;
	enum asid_mode mode = asid_mode;
	struct mm_struct *mm;

	KASSERT(t, !flush_backend_select("invlpgb"));
	if (flush_backend()->available()) {
		const char *why = flush_backend()->available();

		KEXPECT_EQ(t, flush_backend_select(old), 0);
		KSKIP(t, why);
	}
	asid_mode = ASID_BORN;
	mm = mm_alloc("executed");
	KASSERT(t, mm);
	before = invlpgb_counts();
	flush_tlb_mm_range(mm, 0x40000000, 0x40000000 + 19 * PAGE_SIZE, PAGE_SHIFT, false);
	after = invlpgb_counts();
	KEXPECT_EQ(t, after.invlpgb - before.invlpgb, DIV_ROUND_UP(19, invlpgb_count_max()));
	KEXPECT_EQ(t, after.tlbsync - before.tlbsync, syncs);
	flush_tlb_mm(mm);
	KEXPECT_EQ(t, invlpgb_counts().invlpgb - after.invlpgb, 1);
	mm_free(mm);
	asid_mode = mode;
	KEXPECT_EQ(t, flush_backend_select(old), 0);
}
