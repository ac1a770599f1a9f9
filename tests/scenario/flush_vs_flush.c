/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped and freed while another CPU, which has it cached, flushes another page of
 * the mm: the two flushes reach it in either order.
 *
 *	CPU0 madvise(DONTNEED)		CPU1 thread of the mm
 *					load (the TLB keeps it)
 *	clear PTE
 *	raise tlb_gen to 2
 *					raise tlb_gen to 3, for another page:
 *					its own flush is not the next it misses,
 *					so it flushes everything, up to 3
 *	interrupt CPU1: 2 is done
 *	free the page
 *					load: a fault
 *
 * A handler may flush what one flush names only if that is the next that this CPU misses, and no
 * later one has begun: else tlb_gen would claim flushes that were not done.
 */
#include <asm/tlbflush.h>
#include <asm/uaccess.h>
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup_vma_next();
	scenario_run_in(1, zap_mm);
}

static void load_flush_load(void)
{
	u64 val;

	get_user_u64(&val, ZAP_ADDR);
	flush_tlb_page(zap_vma, ZAP_NEXT);
	scenario_load_unless_gone(ZAP_ADDR);
}

#define IPI .flush = "ipi", .policy = "broadcast"
static const struct scenario_case cases[] = {
	{IPI},
	{IPI, .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{IPI, .busted = "tlb_partial_flush", RED_BY("hardware")},
	{},
};

static const struct scenario flush_vs_flush = {
	.name = "flush_vs_flush",
	.help = "a page is freed while a CPU that has it cached flushes another page",
	.setup = setup,
	.actor = {zap_page, load_flush_load},
	.cases = cases,
};
SCENARIO(flush_vs_flush);
