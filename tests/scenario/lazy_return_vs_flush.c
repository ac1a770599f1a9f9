/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped and freed while a CPU has the mm lazily, and takes the same mm up again.
 *
 *	CPU0 madvise(DONTNEED)		CPU1
 *					load (the TLB keeps it)
 *					is_lazy = true
 *	clear PTE
 *					is_lazy = false
 *					full barrier		(1)
 *					read tlb_gen: old: nothing to flush
 *	raise tlb_gen
 *	is CPU1 lazy? no: interrupt it
 *	free the page
 *					load: a fault
 *
 * A flush that frees no table leaves lazy CPUs alone. Without (1) is_lazy = false may still be in
 * the store buffer when tlb_gen is read, and CPU0 leaves out a CPU that goes on with what it has.
 */
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *mm;
static struct vm_area_struct *vma;

static void setup(void)
{
	mm = scenario_mm("mm");
	scenario_map(mm, ADDR, PAGE_SIZE);
	vma = scenario_vma(mm, ADDR);
	scenario_run_in(1, mm);
}

static void zap(void)
{
	scenario_zap_page(vma, ADDR);
	scenario_say_gone();
}

static void be_lazy_and_return(void)
{
	u64 v;

	get_user_u64(&v, ADDR);
	kthread_unuse_mm(mm);
	kthread_use_mm(mm);
	scenario_load_unless_gone(ADDR);
}

#define IPI .flush = "ipi", .policy = "broadcast"
static const struct scenario_case cases[] = {
	{IPI},
	{IPI, .tso = true},
	{IPI, .tso = true, .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{IPI, .busted = "tlb_unlazy_no_mb", .tso = true, RED_BY("hardware")},
	{IPI, .busted = "tlb_unlazy_no_mb"},
	{},
};

static const struct scenario lazy_return_vs_flush = {
	.name = "lazy_return_vs_flush",
	.help = "a page is freed while a CPU with the mm loaded lazily takes it up again",
	.setup = setup,
	.actor = {zap, be_lazy_and_return},
	.cases = cases,
};
SCENARIO(lazy_return_vs_flush);
