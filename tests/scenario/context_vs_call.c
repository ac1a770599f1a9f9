/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that say in which context they may be called, called in another one: without their
 * lock, with interrupts on or off, where sleeping is not allowed. Nothing else goes wrong in any of
 * these schedules, so only the check can notice.
 *
 *	CPU0 calls				CPU1 idle, or holds the lock that CPU0 releases
 */
#include <kernel/busted.h>
#include <kernel/irqflags.h>
#include <kernel/preempt.h>
#include <kernel/rcu.h>
#include <kernel/rwsem.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <asm/tlbflush.h>
#include <mm/mm.h>
#include <mm/vma.h>
#include <tests/scenario_actors.h>

DEFINE_BUSTED(context_no_spinlock, "a page table is linked without the lock of the entry");
DEFINE_BUSTED(context_no_rwsem, "a VMA is looked up without mmap_lock");
DEFINE_BUSTED(context_irqs_on, "a flush handler is called with interrupts on");
DEFINE_BUSTED(context_irqs_off, "a call that waits is made with interrupts off");
DEFINE_BUSTED(context_atomic, "a sleeping lock is taken with preemption off");
DEFINE_BUSTED(context_preemptible, "smp_processor_id() is called with preemption on");
DEFINE_BUSTED(context_spin_unlock, "a spinlock is released by a CPU that does not hold it");
DEFINE_BUSTED(context_up_write, "an rwsem is released by a thread that has not taken it");

#define ADDR PMD_SIZE

static DEFINE_SPINLOCK(lock, RANK_MM);
static struct mm_struct *mm;
static struct rw_semaphore sem;
static bool held; /* by CPU1 */

static void setup(void)
{
	init_rwsem_rank(&sem, "sem", RANK_OP);
	mm = scenario_mm("mm");
	scenario_map_page(mm, ADDR);
	scenario_run_in(0, mm);
}

/* As pte_alloc() does: an entry that is there already. */
static void link_table(void)
{
	pmd_t *pmdp = mm_find_pmd(mm, ADDR);
	struct ptdesc *table = pfn_ptdesc(pmd_pfn(pmdp_get_lockless(pmdp)));

	if (!busted(context_no_spinlock))
		spin_lock(pmd_lockptr(pmdp));
	pmd_populate(mm, pmdp, table);
	if (!busted(context_no_spinlock))
		spin_unlock(pmd_lockptr(pmdp));
}

static void look_up(void)
{
	if (!busted(context_no_rwsem))
		mmap_read_lock(mm);
	scenario_check(vma_lookup(mm, ADDR));
	if (!busted(context_no_rwsem))
		mmap_read_unlock(mm);
}

static void flush(void)
{
	struct flush_tlb_info all = {
		.mm = mm, .end = TLB_FLUSH_ALL, .initiating_cpu = raw_smp_processor_id()};

	if (!busted(context_irqs_on))
		local_irq_disable();
	flush_tlb_func(&all);
	if (!busted(context_irqs_on))
		local_irq_enable();
}

static void nothing(void *unused)
{
}

static void call_others(void)
{
	if (busted(context_irqs_off))
		local_irq_disable();
	smp_call_function(nothing, NULL, true);
	if (busted(context_irqs_off))
		local_irq_enable();
}

static void take(void)
{
	if (busted(context_atomic))
		preempt_disable();
	down_write(&mm->mmap_lock);
	up_write(&mm->mmap_lock);
	if (busted(context_atomic))
		preempt_enable();
}

static void ask(void)
{
	if (!busted(context_preemptible))
		preempt_disable();
	scenario_check(smp_processor_id() == 0);
	if (!busted(context_preemptible))
		preempt_enable();
}

static void right_or_wrong(void)
{
	link_table();
	look_up();
	flush();
	call_others();
	take();
	ask();
}

static void release(void)
{
	if (!shared_read(SITE_TEST, &held))
		return;
	if (busted(context_spin_unlock)) {
		preempt_disable();
		spin_unlock(&lock);
	}
	if (busted(context_up_write))
		up_write(&sem);
}

static void hold(void)
{
	if (busted(context_spin_unlock))
		spin_lock(&lock);
	if (busted(context_up_write))
		down_write(&sem);
	shared_write(SITE_TEST, &held, true);
	if (busted(context_spin_unlock))
		preempt_enable();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "context_no_spinlock", RED_BY("lockdep")},
	{.busted = "context_no_rwsem", RED_BY("lockdep")},
	{.busted = "context_irqs_on", RED_BY("lockdep")},
	{.busted = "context_irqs_off", RED_BY("lockdep")},
	{.busted = "context_atomic", RED_BY("lockdep")},
	{.busted = "context_preemptible", RED_BY("lockdep")},
	/* And nothing but the check can tell. */
	{.busted = "context_no_spinlock", .judge = "scenario"},
	{.busted = "context_no_rwsem", .judge = "scenario"},
	{.busted = "context_irqs_on", .judge = "scenario"},
	{.busted = "context_irqs_off", .judge = "scenario"},
	{.busted = "context_atomic", .judge = "scenario"},
	{.busted = "context_preemptible", .judge = "scenario"},
	{},
};

static const struct scenario context_vs_call = {
	.name = "context_vs_call",
	.help = "functions are called in a context that they do not allow",
	.setup = setup,
	.actor = {right_or_wrong},
	.cpus = 2,
	.cases = cases,
};
SCENARIO(context_vs_call);

static const struct scenario_case release_cases[] = {
	{.busted = "context_spin_unlock", RED_BY("lockdep")},
	{.busted = "context_spin_unlock", .judge = "scenario"},
	{.busted = "context_up_write", RED_BY("lockdep")},
	{.busted = "context_up_write", .judge = "scenario"},
	{},
};

static const struct scenario context_vs_release = {
	.name = "context_vs_release",
	.help = "a lock is released by a CPU that does not hold it",
	.setup = setup,
	.actor = {release, hold},
	.cases = release_cases,
};
SCENARIO(context_vs_release);
