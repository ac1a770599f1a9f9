/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One page table is unmapped and freed, and none above it, while the page walker of a CPU that
 * is idle, with the mm loaded lazily, has cached the entry that leads to it.
 *
 *	CPU0 munmap()				CPU1 idle, the mm loaded
 *						(walker reads what leads to the table)
 *	clear the entry that leads to it
 *	flush: lazy CPUs too, a table goes
 *	free the table
 *						(walker reads it)
 *
 * A munmap() that frees tables of two levels sets freed_tables twice. Here it is a PTE table alone; a PMD
 * table alone, which takes hugetlb; and a PUD table alone, whose PMD table is only unshared. The
 * PGD goes with the mm (lazy_vs_mm_free).
 *
 * Policy early-free: without grace periods, which an idle CPU does not hold up.
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PUD_SIZE

static struct mm_struct *mm;
static unsigned long len;

static void setup_pte(void)
{
	mm = scenario_mm("mm");
	len = PAGE_SIZE;
	scenario_map(mm, ADDR, PAGE_SIZE);
	scenario_reserve(mm, ADDR + PMD_SIZE, PAGE_SIZE); /* keeps the PMD table */
	scenario_idle_in(1, mm);
}

/* Another gather is in flight, so this one flushes everything: lazy CPUs too, all the same. */
static void setup_nested(void)
{
	static struct mmu_gather other;

	setup_pte();
	tlb_gather_mmu(&other, mm);
}

static void setup_pmd(void)
{
	mm = scenario_mm("mm");
	len = PUD_SIZE;
	scenario_map_hugetlb(mm, ADDR, PUD_SIZE);
	scenario_reserve(mm, PAGE_SIZE, PAGE_SIZE); /* keeps the PUD table */
	scenario_idle_in(1, mm);
}

static void setup_pud(void)
{
	struct mm_struct *owner = scenario_mm("owner");

	mm = scenario_mm("sharer");
	len = PUD_SIZE;
	scenario_share(ADDR, owner, mm);
	scenario_only_freed_tables(); /* lazy_vs_unshare.c is about the shared one */
	scenario_idle_in(1, mm);
}

static void setup_pgd(void)
{
	mm = scenario_mm("mm");
	scenario_idle_in(1, mm);
}

static void unmap(void)
{
	scenario_check(!mm_munmap(mm, ADDR, len));
}

static void put(void)
{
	scenario_mm_free(mm);
}

#define IPI .flush = "ipi", .policy = "early-free", .fills = 1
#define HW  .flush = "invlpgb", .policy = "early-free", .fills = 1, .invlpgb = true
static const struct scenario_case cases[] = {
	{IPI},
	{HW},
	{HW, .tce = true},
	{.flush = "invlpgb-nmi", .policy = "early-free", .fills = 1},
	{IPI, .busted = "tlb_skip_lazy", RED_BY("hardware")},
	{.flush = "ipi", .policy = "early-free", .busted = "tlb_skip_lazy"},
	{},
};

static const struct scenario lazy_vs_munmap_pte = {
	.name = "lazy_vs_munmap_pte",
	.help = "a PTE table is freed; an idle CPU's page walker has cached the PMD",
	.setup = setup_pte,
	.actor = {unmap},
	.cpus = 2,
	.fill_va = ADDR,
	.cases = cases,
};
SCENARIO(lazy_vs_munmap_pte);

static const struct scenario lazy_vs_nested = {
	.name = "lazy_vs_nested",
	.help = "a PTE table is freed while another gather is in flight; an idle CPU has cached the PMD",
	.setup = setup_nested,
	.actor = {unmap},
	.cpus = 2,
	.fill_va = ADDR,
	.cases = cases,
};
SCENARIO(lazy_vs_nested);

static const struct scenario lazy_vs_munmap_pmd = {
	.name = "lazy_vs_munmap_pmd",
	.help = "a PMD table is freed; an idle CPU's page walker has cached the PUD",
	.setup = setup_pmd,
	.actor = {unmap},
	.cpus = 2,
	.fill_va = ADDR,
	.cases = cases,
};
SCENARIO(lazy_vs_munmap_pmd);

static const struct scenario lazy_vs_munmap_pud = {
	.name = "lazy_vs_munmap_pud",
	.help = "a PUD table is freed; an idle CPU's page walker has cached the PGD",
	.setup = setup_pud,
	.actor = {unmap},
	.cpus = 2,
	.fill_va = ADDR,
	.cases = cases,
};
SCENARIO(lazy_vs_munmap_pud);

static const struct scenario_case mmput_cases[] = {
	{IPI},
	{HW},
	{IPI, .busted = "mm_no_lazy_shootdown", RED_BY("hardware")},
	{},
};

static const struct scenario lazy_vs_mm_free = {
	.name = "lazy_vs_mm_free",
	.help = "an mm goes; an idle CPU has it loaded",
	.setup = setup_pgd,
	.actor = {put},
	.cpus = 2,
	.fill_va = ADDR,
	.cases = mmput_cases,
};
SCENARIO(lazy_vs_mm_free);
