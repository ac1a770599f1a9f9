/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupts per operation, exactly: as many as Linux sends, for the CPUs there are.
 *
 * Each figure is counted twice: by the caller (current->acct) and by the CPU that
 * takes the interrupts (irq_count() of the others). The policy is broadcast.
 */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/time.h>
#include <asm/smp.h>
#include <mm/huge_mm.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <tests/holders.h>
#include <tests/sharers.h>
#include <tests/thp.h>

struct counted {
	struct task_acct acct;
	u64 irqs;
};

static struct counted count_begin(void)
{
	return (struct counted){current->acct, others_took(CALL_FUNCTION_VECTOR)};
}

/* Flush IPIs / sync IPIs since @c, and that the others took just as many. */
#define EXPECT_IPIS(t, c, flush, sync)                                 \
	do {                                                           \
		struct counted __now = count_begin();                  \
		u64 __f = __now.acct.flush_ipis - (c).acct.flush_ipis; \
		u64 __s = __now.acct.sync_ipis - (c).acct.sync_ipis;   \
		KEXPECT_EQ(t, __f, flush);                             \
		KEXPECT_EQ(t, __s, sync);                              \
		KEXPECT_EQ(t, __now.irqs - (c).irqs, __f + __s);       \
	} while (0)

static u64 flushes_since(const struct counted *c)
{
	return current->acct.flushes - c->acct.flushes;
}

static u64 syncs_since(const struct counted *c)
{
	return current->acct.syncs - c->acct.syncs;
}

static void collapse_expect(struct ktest *t, struct mm_struct *mm, u64 flush, u64 sync)
{
	struct counted c = count_begin();

	KEXPECT_EQ(t, collapse_huge_page(mm, THP_ADDR), 0);
	EXPECT_IPIS(t, c, flush, sync);
}

/* Back to small pages. The flush goes to lazy CPUs as well: their TLBs must not hold both sizes. */
static void split_expect(struct ktest *t, struct mm_struct *mm, u64 flush)
{
	struct counted c = count_begin();

	KEXPECT_EQ(t, mm_split_huge_pmd(mm, THP_ADDR), 0);
	EXPECT_IPIS(t, c, flush, 0);
}

KTEST(counts, collapse_running)
{
	struct mm_struct *mm = thp_mm("counts");

	KASSERT(t, mm);
	holders_start(mm, HOLD_RUNNING);
	collapse_expect(t, mm, other_cpus(), other_cpus());
	split_expect(t, mm, other_cpus());
	collapse_expect(t, mm, other_cpus(), other_cpus());
	holders_stop();
	mm_free(mm);
}

KTEST(counts, collapse_others_idle)
{
	struct mm_struct *mm = thp_mm("counts");

	KASSERT(t, mm);
	collapse_expect(t, mm, 0, other_cpus());
	mm_free(mm);
}

/*
 * Lazy CPUs are interrupted when a table is freed, and when a huge page is split. The first flush
 * makes each load init_mm. When it leaves mm_cpumask depends on the kernel. Linux <= 6.13,
 * mask=eager: at that switch, so it is interrupted once. Since 6.14, mask=lazy: when a second
 * flush finds another mm loaded, so twice.
 */
static void collapse_lazy(struct ktest *t, bool eager, unsigned int flushed)
{
	struct mm_struct *mm = thp_mm("counts");
	bool old = mm_cpumask_eager;

	KASSERT(t, mm);
	mm_cpumask_eager = eager;
	holders_start(mm, HOLD_LAZY);
	for (unsigned int i = 0; i < 6; i += 2) {
		collapse_expect(t, mm, i < flushed ? other_cpus() : 0, other_cpus());
		split_expect(t, mm, i + 1 < flushed ? other_cpus() : 0);
	}
	holders_stop();
	mm_cpumask_eager = old;
	mm_free(mm);
}

KTEST(counts, collapse_lazy_mask_eager)
{
	collapse_lazy(t, true, 1);
}

KTEST(counts, collapse_lazy_mask_lazy)
{
	collapse_lazy(t, false, 2);
}

static void unshare_expect(struct ktest *t, unsigned int sharers, unsigned long gib, u64 flush,
			   u64 sync)
{
	struct counted c;
	struct sharers s;

	if (!KEXPECT(t, sharers_begin(&s, sharers, gib)))
		goto out;
	KEXPECT_EQ(t, atomic_read(&sharers_table(s.mm[1], 0)->pt_share_count), sharers - 1);
	holders_start(s.mm[1], HOLD_RUNNING);
	c = count_begin();
	KEXPECT_EQ(t, mm_munmap(s.mm[1], SHARED_ADDR, gib * PUD_SIZE), 0);
	EXPECT_IPIS(t, c, flush, sync);
	holders_stop();
out:
	sharers_end(&s);
}

KTEST(counts, unshare_last)
{
	unshare_expect(t, 2, 1, other_cpus(), other_cpus());
}

KTEST(counts, unshare_4gib_one_gather)
{
	if (sharers_lack(4))
		KSKIP(t, sharers_lack(4));
	unshare_expect(t, 2, 4, other_cpus(), other_cpus());
}

KTEST(counts, unshare_not_last)
{
	unshare_expect(t, 3, 1, other_cpus(), 0);
}

/*
 * Lazy CPUs and an unshare, one GiB after the other, while all others hold the mm lazily.
 * Linux 7.3 does not interrupt them, ever. If it did (the series): once or twice each, as
 * for collapse_lazy(), until they have left the mask. The sync goes to all CPUs.
 */
#define LAZY_GIBS 3UL
static void unshare_lazy(struct ktest *t, bool wake, bool eager, unsigned int flushed)
{
	bool old_wake = tlb_unshare_wakes_lazy, old_eager = mm_cpumask_eager;
	struct sharers s;

	tlb_unshare_wakes_lazy = wake;
	mm_cpumask_eager = eager;
	if (!KEXPECT(t, sharers_begin(&s, 2, LAZY_GIBS)))
		goto out;
	holders_start(s.mm[1], HOLD_LAZY);
	for (unsigned int i = 0; i < LAZY_GIBS; i++) {
		struct counted c = count_begin();

		KEXPECT_EQ(t, sharers_unshare(s.mm[1], i), 0);
		KEXPECT_EQ(t, flushes_since(&c), 1);
		EXPECT_IPIS(t, c, i < flushed ? other_cpus() : 0, other_cpus());
		/* CPUs that were left out have it still, and catch up when they wake. */
		KEXPECT_EQ(t, cpumask_weight(mm_cpumask(s.mm[1])),
			   wake && i + 1 >= flushed ? 0 : other_cpus());
	}
	holders_stop();
out:
	sharers_end(&s);
	tlb_unshare_wakes_lazy = old_wake;
	mm_cpumask_eager = old_eager;
}

KTEST(counts, unshare_lazy_skipped)
{
	if (sharers_lack(LAZY_GIBS))
		KSKIP(t, sharers_lack(LAZY_GIBS));
	unshare_lazy(t, false, false, 0);
	unshare_lazy(t, false, true, 0);
}

KTEST(counts, unshare_lazy_woken_mask_lazy)
{
	if (sharers_lack(LAZY_GIBS))
		KSKIP(t, sharers_lack(LAZY_GIBS));
	unshare_lazy(t, true, false, 2);
}

KTEST(counts, unshare_lazy_woken_mask_eager)
{
	if (sharers_lack(LAZY_GIBS))
		KSKIP(t, sharers_lack(LAZY_GIBS));
	unshare_lazy(t, true, true, 1);
}

/*
 * CPUs that have gone on to another mm, and are still in the mask. A flush that frees no
 * table leaves them out; but one in a second goes to them as well, and trims the mask. The
 * first second begins when the mm is made.
 */
static void flush_moved_on(struct ktest *t, bool on, bool due)
{
	struct mm_struct *mm = mm_alloc("left"), *next = mm_alloc("next");
	bool old = mm_cpumask_trim, trim = on && due;

	KASSERT(t, mm && next);
	mm_cpumask_trim = on;
	/* Not due: for an hour, however slow the machine is. */
	mm->context.next_trim_cpumask = due ? 0 : sched_clock() + 3600 * NSEC_PER_SEC;
	holders_start(mm, HOLD_RUNNING);
	holders_stop();
	holders_start(next, HOLD_RUNNING);
	KEXPECT_EQ(t, cpumask_weight(mm_cpumask(mm)), other_cpus());
	for (unsigned int i = 0; i < 3; i++) {
		struct counted c = count_begin();

		flush_tlb_mm_range(mm, THP_ADDR, THP_ADDR + PAGE_SIZE, PAGE_SHIFT, false);
		EXPECT_IPIS(t, c, trim && i == 0 ? other_cpus() : 0, 0);
		KEXPECT_EQ(t, cpumask_weight(mm_cpumask(mm)), trim ? 0 : other_cpus());
	}
	holders_stop();
	mm_cpumask_trim = old;
	mm_free(mm);
	mm_free(next);
}

KTEST(counts, mask_trimmed)
{
	flush_moved_on(t, true, true);
}

KTEST(counts, mask_trimmed_once_a_second)
{
	flush_moved_on(t, true, false);
}

KTEST(counts, mask_not_trimmed)
{
	flush_moved_on(t, false, true);
}

/* An mm's first flush is not the one that trims. */
KTEST(counts, mask_of_new_mm_not_due)
{
	u64 before = sched_clock();
	struct mm_struct *mm = mm_alloc("new");

	KASSERT(t, mm);
	KEXPECT(t, mm->context.next_trim_cpumask >= before + NSEC_PER_SEC);
	KEXPECT(t, mm->context.next_trim_cpumask <= sched_clock() + NSEC_PER_SEC);
	mm_free(mm);
}

/*
 * One flush for the unshare. The other is what Linux's mprotect() comes to as well: the
 * outer gather of the call is in flight while hugetlb's own one finishes. That one then counts
 * as nested and flushes everything.
 */
KTEST(counts, mprotect_shared)
{
	struct counted c;
	struct sharers s;

	if (!KEXPECT(t, sharers_begin(&s, 2, 1)))
		goto out;
	holders_start(s.mm[1], HOLD_RUNNING);
	c = count_begin();
	KEXPECT_EQ(t, mm_mprotect(s.mm[1], SHARED_ADDR, PUD_SIZE, false), 0);
	EXPECT_IPIS(t, c, 2 * other_cpus(), other_cpus());
	KEXPECT_EQ(t, flushes_since(&c), 2);
	KEXPECT_EQ(t, syncs_since(&c), 1);
	holders_stop();
out:
	sharers_end(&s);
}
