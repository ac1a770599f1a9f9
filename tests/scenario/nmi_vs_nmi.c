/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is zapped and freed while another CPU flushes as well: both send a third an NMI.
 *
 *	CPU0 flush of P		CPU1 thread of the mm		CPU2 zap of Q
 *	epoch 1, NMI
 *				NMI: drop everything
 *				(its walker reads Q)
 *								clear Q
 *								epoch 2, NMI
 *				epoch 1 is done, not 2
 *				NMI again: drop everything
 *				epoch 2 is done
 *								free Q
 *				load from Q: a fault
 *
 * A handler acknowledges what it had read before it flushed. An NMI that finds its epoch
 * acknowledged does nothing.
 */
#include <asm/tlbflush.h>
#include <model/machine.h>
#include <tests/scenario_zap.h>

static void setup(void)
{
	zap_setup_vma_next();
	scenario_run_in(1, zap_mm);
}

static void flush_next(void)
{
	flush_tlb_page(zap_vma, ZAP_NEXT);
}

static void zap(void)
{
	scenario_zap_page(zap_vma, ZAP_ADDR);
}

static void use(void)
{
	model_use_cached(ZAP_ADDR);
}

#define NMI .flush = "invlpgb-nmi", .policy = "broadcast", .fills = 1
static const struct scenario_case cases[] = {
	{NMI},
	{NMI, .busted = "nmi_epoch_late", RED_BY("hardware")},
	{},
};

static const struct scenario nmi_vs_nmi = {
	.name = "nmi_vs_nmi",
	.help = "two CPUs flush a third by NMI, one of them to free a page",
	.setup = setup,
	.actor = {flush_next, use, zap},
	.fill_va = ZAP_ADDR,
	.fill_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(nmi_vs_nmi);
