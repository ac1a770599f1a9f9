/* SPDX-License-Identifier: GPL-2.0 */
/*
 * INVLPGB and TLBSYNC, for the most part without a backend in between: what a CPU that takes
 * no interrupts goes on reading through its TLB.
 *
 *	CPU 0 (the test)		CPU 1, IRQs off
 *	both map X to the old page	reads X: cached
 *	maps X to the new page		reads X: old
 *	INVLPGB X			reads X: old or new
 *	TLBSYNC				reads X: new
 *
 * That X is new is guaranteed, so each attempt has to show it. That another translation stays old
 * is not: a CPU may drop any translation at any time, and TCG sometimes does. So attempts are
 * counted. On TCG as tools/qemu builds it, which seldom drops more than it has to, the majority
 * must be old; elsewhere the count is only printed.
 */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/irqflags.h>
#include <kernel/ktest.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/cpufeature.h>
#include <asm/extable.h>
#include <asm/insn.h>
#include <asm/invlpgb.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include <asm/uaccess.h>
#include <mm/mm.h>

#define X	   0x40000000UL /* a multiple of 2 MiB */
#define Y	   (X + PAGE_SIZE)
#define TAG_OLD	   0x01dULL
#define TAG_NEW	   0x2e3ULL
#define TRIES	   25
#define READER_CPU 1

#define VA	   INVLPGB_FLAG_VA
#define PCID	   INVLPGB_FLAG_PCID
#define ASID	   INVLPGB_FLAG_ASID

struct reader {
	struct mm_struct *mm;
	struct task_struct *task;
	u64 irqs; /* taken by its CPU when it had turned interrupts off */
	unsigned int rewind, rewound; /* asked for, done */
	u64 rounds, seen; /* the last round's value, or 0 if it faulted */
	bool synced; /* what it reads from now on is new */
	unsigned int late; /* times that it was not */
	bool ready, stop;
};

static struct reader reader;
static pte_t *ptep, pte_old, pte_new; /* of X; the new one is Y's */
static u32 pcid; /* EDX: under which the reader's CPU keeps X */

static u64 irqs_taken(unsigned int cpu)
{
	u64 n = 0;

	for (unsigned int vector = 0; vector < 256; vector++)
		n += irq_count(cpu, vector);
	return n;
}

static int read_on(void *arg)
{
	struct reader *r = arg;
	u64 v;

	kthread_use_mm(r->mm);
	local_irq_disable();
	r->irqs = irqs_taken(READER_CPU);
	smp_store_release(&r->ready, true); /* pairs with begin() */
	while (!READ_ONCE(r->stop)) {
		unsigned int rewind = smp_load_acquire(&r->rewind); /* pairs with rewind() */

		bool synced = smp_load_acquire(&r->synced); /* pairs with check_drops() */

		if (rewind != r->rewound)
			insn_invlpg(X);
		if (get_user_u64(&v, X))
			v = 0;
		if (synced && v != TAG_NEW)
			r->late++;
		WRITE_ONCE(r->seen, v);
		WRITE_ONCE(r->rounds, r->rounds + 1);
		smp_store_release(&r->rewound, rewind); /* pairs with rewind() */
		cpu_relax();
	}
	local_irq_enable();
	kthread_unuse_mm(r->mm);
	return 0;
}

/* What a load there finds that begins after this was called. */
static u64 reader_sees(void)
{
	u64 since = READ_ONCE(reader.rounds);

	while (READ_ONCE(reader.rounds) < since + 2)
		cpu_relax();
	return READ_ONCE(reader.seen);
}

/* The reader has the old page in its TLB, X is the new one: did it keep the old one so far? */
static bool rewind(void)
{
	WRITE_ONCE(reader.synced, false);
	reader_sees(); /* no round is under way that has read it as set */
	set_pte(ptep, pte_old);
	smp_store_release(&reader.rewind, reader.rewind + 1); /* pairs with read_on() */
	while (smp_load_acquire(&reader.rewound) != reader.rewind) /* pairs with read_on() */
		cpu_relax();
	set_pte(ptep, pte_new);
	smp_mb();
	return reader_sees() == TAG_OLD;
}

static pte_t pte_of(struct mm_struct *mm, unsigned long addr, u64 tag)
{
	spinlock_t *ptl;
	pte_t *p, e;

	ptep = NULL;
	if (fault_in(mm, addr, true))
		return __pte(0);
	p = pte_offset_map_lock(mm_find_pmd(mm, addr), addr, &ptl);
	BUG_ON(!p);
	e = ptep_get_lockless(p);
	spin_unlock(ptl);
	ptep = p;
	WRITE_ONCE(*(u64 *)__va(PFN_PHYS(pte_pfn(e))), tag);
	return e;
}

static const char *why_not(void)
{
	if (!cpu_has(X86_FEATURE_INVLPGB))
		return "this CPU does not offer INVLPGB (CPUID 8000_0008 EBX[3])";
	if (num_online_cpus() < 2)
		return "needs two CPUs";
	return NULL;
}

static bool begin(void)
{
	struct mm_struct *mm = mm_alloc("invlpgb");

	if (!mm || mm_mmap(mm, X, 2 * PAGE_SIZE, VM_WRITE, NULL, 0))
		return false;
	pte_new = pte_of(mm, Y, TAG_NEW);
	pte_old = pte_of(mm, X, TAG_OLD);
	if (!ptep || !pte_val(pte_new))
		return false;
	reader = (struct reader){.mm = mm};
	reader.task = kthread_create_bound(read_on, &reader, READER_CPU, "reader");
	if (!reader.task)
		return false;
	wake_up_process(reader.task);
	while (!smp_load_acquire(&reader.ready)) /* pairs with read_on() */
		cpu_relax();
	pcid = cpu_has(X86_FEATURE_PCID) ? (u32)kern_pcid(tlb_cpu_loaded_asid(READER_CPU)) << 16
					 : 0;
	return true;
}

static void end(struct ktest *t)
{
	KEXPECT_EQ(t, irqs_taken(READER_CPU), reader.irqs);
	KEXPECT_EQ(t, reader.late, 0);
	WRITE_ONCE(reader.stop, true);
	kthread_stop(reader.task);
	set_pte(ptep, pte_old); /* each page has one owner again */
	mm_free(reader.mm);
}

/* One after the other on one CPU: TLBSYNC waits for no other's. */
static void invlpgb_tlbsync(u64 rax, u32 ecx, u32 edx)
{
	preempt_disable();
	insn_invlpgb(rax, ecx, edx);
	insn_tlbsync();
	preempt_enable();
}

static void check_drops(struct ktest *t, u64 rax, u32 ecx, u32 edx)
{
	unsigned int had_old = 0, kept = 0;

	for (unsigned int i = 0; i < TRIES; i++) {
		had_old += rewind();
		invlpgb_tlbsync(rax, ecx, edx);
		smp_store_release(&reader.synced, true); /* pairs with read_on() */
		kept += reader_sees() != TAG_NEW;
	}
	KEXPECT_EQ(t, kept, 0);
	/* Else there was nothing to drop. */
	KEXPECT_GT(t, had_old, 0);
}

static void check_spares(struct ktest *t, const char *what, u64 rax, u32 ecx, u32 edx)
{
	unsigned int had_old = 0, kept = 0;

	for (unsigned int i = 0; i < TRIES; i++) {
		bool had = rewind();

		invlpgb_tlbsync(rax, ecx, edx);
		had_old += had;
		kept += had && reader_sees() == TAG_OLD;
	}
	printk("# INVLPGB of %s: kept by the other CPU %u of %u times\n", what, kept, had_old);
	if (strcmp(arch_machine_name(), "TCG"))
		KEXPECT_LE(t, kept, had_old);
	else
		KEXPECT_GT(t, kept, TRIES / 2);
}

#define INVLPGB_TEST(name)                        \
	static void name##_test(struct ktest *t); \
	KTEST(invlpgb, name)                      \
	{                                         \
		if (why_not())                    \
			KSKIP(t, why_not());      \
		KASSERT(t, begin());              \
		name##_test(t);                   \
		end(t);                           \
	}                                         \
	static void name##_test(struct ktest *t)

INVLPGB_TEST(page_of_pcid)
{
	check_drops(t, X | VA | PCID | ASID, 0, pcid);
}

/* Not one load later: what TLBSYNC is for. */
KTEST(invlpgb, tlbsync_order)
{
	if (why_not())
		KSKIP(t, why_not());
	for (int i = 0; i < 8; i++) { /* the watchdog wants to see the reader's ticks */
		KASSERT(t, begin());
		check_drops(t, X | VA | PCID | ASID, 0, pcid);
		end(t);
	}
}

INVLPGB_TEST(page_of_all_pcids)
{
	check_drops(t, X | VA | ASID, 0, 0);
}

INVLPGB_TEST(whole_pcid)
{
	check_drops(t, PCID | ASID, 0, pcid);
}

INVLPGB_TEST(everything)
{
	check_drops(t, ASID, 0, 0);
}

/* Runs of pages: the last one counts, and no page behind it. */
INVLPGB_TEST(run_4k)
{
	u32 max = min(invlpgb_count_max() - 1, 15U);

	check_drops(t, (X - max * PAGE_SIZE) | VA | PCID | ASID, max, pcid);
	check_spares(t, "a run that ends before the page",
		     (X - (max + 1) * PAGE_SIZE) | VA | PCID | ASID, max, pcid);
}

INVLPGB_TEST(run_2m)
{
	u32 max = min(invlpgb_count_max() - 1, 15U);

	check_drops(t, (X - max * PMD_SIZE) | VA | PCID | ASID, max | INVLPGB_STRIDE_2M, pcid);
}

INVLPGB_TEST(other_page)
{
	check_spares(t, "another page", Y | VA | PCID | ASID, 0, pcid);
}

INVLPGB_TEST(other_pcid)
{
	if (!cpu_has(X86_FEATURE_PCID))
		KSKIP(t, "no PCID (CPUID 1 ECX[17])");
	check_spares(t, "the page under another PCID", X | VA | PCID | ASID, 0, pcid ^ BIT(27));
	check_spares(t, "all of another PCID", PCID | ASID, 0, pcid ^ BIT(27));
}

/*
 * Before TLBSYNC, and after one on another CPU, either page may be seen. That nothing but the
 * own TLBSYNC is waited for is what the lazy build shows; tests/host-invlpgb reads the counts.
 */
static void tlbsync_here(void *unused)
{
	insn_tlbsync();
}

static void check_pending(struct ktest *t, const char *when, int tlbsync_cpu)
{
	unsigned int kept = 0, had_old = 0;

	for (unsigned int i = 0; i < TRIES; i++) {
		bool had = rewind();

		preempt_disable();
		insn_invlpgb(X | VA | PCID | ASID, 0, pcid);
		if (tlbsync_cpu >= 0)
			smp_call_function_single(tlbsync_cpu, tlbsync_here, NULL, true);
		had_old += had;
		kept += had && reader_sees() == TAG_OLD;
		insn_tlbsync();
		preempt_enable();
		KEXPECT_EQ(t, reader_sees(), TAG_NEW);
	}
	printk("# INVLPGB %s: not yet carried out %u of %u times\n", when, kept, had_old);
}

INVLPGB_TEST(without_tlbsync)
{
	check_pending(t, "without TLBSYNC", -1);
}

INVLPGB_TEST(tlbsync_elsewhere)
{
	if (num_online_cpus() < 3)
		KSKIP(t, "needs three CPUs");
	check_pending(t, "with TLBSYNC on another CPU", 2);
}

/* Through the backend: in chunks of what one instruction can do, each counted. */
static void check_backend(struct ktest *t, unsigned long nr, u64 instructions)
{
	struct invlpgb_counts before = invlpgb_counts(), after;

	rewind();
	flush_tlb_mm_range(reader.mm, X - (nr - 1) * PAGE_SIZE, X + PAGE_SIZE, PAGE_SHIFT, false);
	KEXPECT_EQ(t, reader_sees(), TAG_NEW);
	after = invlpgb_counts();
	KEXPECT_EQ(t, after.invlpgb - before.invlpgb, instructions);
	KEXPECT_GE(t, after.tlbsync, before.tlbsync + 1);
}

KTEST(invlpgb, backend)
{
	const char *old = flush_backend()->name;
	u32 max = invlpgb_count_max();

	if (why_not() || !cpu_has(X86_FEATURE_PCID))
		KSKIP(t, why_not() ?: "no PCID (CPUID 1 ECX[17])");
	KASSERT(t, !flush_backend_select("invlpgb"));
	KASSERT(t, begin());
	KASSERT(t, mm_global_asid(reader.mm));
	check_backend(t, 1, 1);
	check_backend(t, 20, DIV_ROUND_UP(20, max));
	check_backend(t, 100, 1); /* beyond the ceiling: all of the PCID */
	end(t);
	KEXPECT_EQ(t, flush_backend_select(old), 0);
	printk("# invlpgb: the backend has executed INVLPGB %llu times, TLBSYNC %llu times\n",
	       (unsigned long long)invlpgb_counts().invlpgb,
	       (unsigned long long)invlpgb_counts().tlbsync);
}

KTEST(invlpgb, too_many_pages)
{
	u32 count = invlpgb_count_max();

	if (!cpu_has(X86_FEATURE_INVLPGB))
		KSKIP(t, why_not());
	KEXPECT_EQ(t, insn_invlpgb_safe(X | VA | ASID, count - 1, 0), 0);
	insn_tlbsync();
	if (count > 0xffff)
		KSKIP(t, "one instruction can do as many pages as can be asked for");
	KEXPECT_EQ(t, insn_invlpgb_safe(X | VA | ASID, count, 0), -EFAULT);
	KEXPECT_EQ(t, insn_invlpgb_safe(X | VA | ASID, count | INVLPGB_STRIDE_2M, 0), -EFAULT);
}
