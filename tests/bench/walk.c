/* SPDX-License-Identifier: GPL-2.0 */
/*
 * walk: what a policy costs the walkers. One GUP-fast walk of a page, which also takes and gives
 * back a reference, under each policy; against the four dependent loads by which a walk gets to
 * the page at least. By one CPU, back to back; and by all other CPUs at once, with a cpu_relax()
 * after each walk, so that CPUs of an emulator take turns.
 */
#include <kernel/smp.h>
#include <kernel/time.h>
#include <tests/bench.h>
#include <tests/thp.h>

#define PER_SAMPLE 32
#define CROWD_NS   (5 * NSEC_PER_MSEC)

static unsigned long sink; /* the loads are used */

/* IRQs stay on: nobody frees these tables. */
static void __hot chase_once(unsigned long addr)
{
	pgd_t pgd = pgdp_get(pgd_offset(crew_mm(), addr));
	pud_t pud = pudp_get(pud_offset_lockless(pgd, addr));
	pmd_t pmd = pmdp_get_lockless(pmd_offset_lockless(pud, addr));
	pte_t pte = ptep_get_lockless(pte_offset_lockless(pmd, addr));

	WRITE_ONCE(sink, pte_pfn(pte));
}

static int __hot chase(void)
{
	for (unsigned int i = 0; i < PER_SAMPLE; i++)
		chase_once(THP_ADDR);
	return 0;
}

static int __hot gup(void)
{
	for (unsigned int i = 0; i < PER_SAMPLE; i++)
		crew_gup(THP_ADDR);
	return 0;
}

/* Ticks that one of the walkers takes for one walk while all of them walk. */
static u64 crowd(void (*walk)(unsigned long addr))
{
	u64 begin = insn_rdtsc(), walks = crew_walks(), until = sched_clock() + CROWD_NS, ticks;

	crew_do(walk);
	while (sched_clock() < until)
		cpu_relax();
	ticks = insn_rdtsc() - begin;
	return ticks * (num_online_cpus() - 1) / max(crew_walks() - walks, 1ULL);
}

static u64 crowd_chase(void)
{
	return crowd(chase_once);
}

static u64 crowd_gup(void)
{
	return crowd(crew_gup);
}

static void measure(const struct contestant *with_chase, const struct contestant *with_gup)
{
	static struct measured m;

	m = (struct measured){.bench = "walk", .mask = max(with_chase->at + 1, 1U)};
	bench_add(&m, with_chase);
	bench_add_policies(&m, with_gup);
	bench_measure(&m);
}

static void walk(void)
{
	struct crew_walk walk = {thp_mm("walk"), THP_ADDR, PAGE_SIZE, HPAGE_PMD_NR};
	unsigned int others = num_online_cpus() - 1;

	if (!walk.mm)
		bench_no_memory("walk");
	crew_start(&walk, 1);
	measure(&(struct contestant){.variant = "chase", .op = chase, .per = PER_SAMPLE},
		&(struct contestant){.variant = "gup", .op = gup, .per = PER_SAMPLE});
	crew_stop();
	if (others) {
		crew_start(&walk, others + 1);
		measure(&(struct contestant){.variant = "chase-all",
					     .sample = crowd_chase,
					     .at = others},
			&(struct contestant){
				.variant = "gup-all", .sample = crowd_gup, .at = others});
		crew_stop();
	}
	mm_free(walk.mm);
}

static const struct bench walk_bench = {
	.name = "walk",
	.help = "GUP-fast under each policy, against the bare chase of four pointers",
	.min_cpus = 1,
	.pages = 2 * HPAGE_PMD_NR,
	.run = walk,
};
BENCH(walk_bench);
