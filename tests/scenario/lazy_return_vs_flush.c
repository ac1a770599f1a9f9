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
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup_vma();
	scenario_run_in(1, zap_mm);
}

static void be_lazy_and_return(void)
{
	u64 v;

	get_user_u64(&v, ZAP_ADDR);
	kthread_unuse_mm(zap_mm);
	kthread_use_mm(zap_mm);
	scenario_load_unless_gone(ZAP_ADDR);
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
	.actor = {zap_page, be_lazy_and_return},
	.cases = cases,
};
SCENARIO(lazy_return_vs_flush);
