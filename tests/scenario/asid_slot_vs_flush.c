/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped and freed while another CPU has left the mm, keeps its translations under
 * a dynamic ASID, and comes back.
 *
 *	CPU0 munmap()			CPU1
 *					load in A (the TLB keeps it, ASID 0)
 *					switch to B, ASID 1
 *	clear PTE; raise tlb_gen
 *	flush: CPU1 runs another mm,
 *	   and only leaves A's mask
 *	free the page
 *					switch to A: ASID 0 is behind, so CR3
 *					   is written with a flush
 *					load: a fault
 *
 * CPU1's bit is still in A's mask when it comes back, so nothing but a full barrier of its own
 * stands between loaded_mm = SWITCHING and the read of tlb_gen.
 */
#include <asm/asid.h>
#include <asm/uaccess.h>
#include <model/machine.h>
#include <tests/scenario_zap.h>

static struct mm_struct *other;

static void setup(void)
{
	zap_setup_threads();
	other = scenario_mm("other");
}

static void leave_and_return(void)
{
	u64 val;

	if (get_user_u64(&val, ZAP_ADDR))
		return;
	scenario_switch_to(other);
	scenario_switch_to(zap_mm);
	model_use_cached(ZAP_ADDR);
}

#define PCID .flush = "ipi", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{PCID},
	{PCID, .tso = true},
	{PCID, .eager_mask = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .invlpgb = true, .slow = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .invlpgb = true, .eager_mask = true},
	{PCID, .busted = "asid_stale_slot", RED_BY("hardware")},
	{PCID, .busted = "tlb_switch_no_mb", .tso = true, RED_BY("hardware")},
	{PCID, .busted = "tlb_switch_no_mb"},
	/* No CPU interrupts it here, so only the check of its slot can notice. */
	{PCID, .eager_mask = true, .busted = "tlb_local_irqs_on", RED_BY("lockdep")},
	{PCID, .eager_mask = true, .busted = "tlb_local_irqs_on", .judge = "hardware"},
	/* Without PCIDs writing CR3 drops all. */
	{.flush = "ipi", .policy = "broadcast", .busted = "asid_stale_slot"},
	{},
};

static const struct scenario asid_slot_vs_flush = {
	.name = "asid_slot_vs_flush",
	.help = "a page is unmapped and freed while another CPU leaves the mm and comes back",
	.setup = setup,
	.actor = {zap_unmap, leave_and_return},
	.cases = cases,
};
SCENARIO(asid_slot_vs_flush);

/*
 * The same, by way of more mms than there are slots: each of them is loaded under an ASID that
 * the CPU has used for another mm, A's among them. None may find A's page.
 */
static struct mm_struct *others[TLB_NR_DYN_ASIDS];

static void setup_evict(void)
{
	zap_setup();
	for (unsigned int i = 0; i < TLB_NR_DYN_ASIDS; i++)
		others[i] = scenario_mm("other");
	scenario_run_in(1, zap_mm);
}

static void visit_all_and_return(void)
{
	u64 val;

	get_user_u64(&val, ZAP_ADDR);
	for (unsigned int i = 0; i < TLB_NR_DYN_ASIDS; i++) {
		scenario_switch_to(others[i]);
		scenario_check(get_user_u64(&val, ZAP_ADDR));
	}
	scenario_switch_to(zap_mm);
	model_use_cached(ZAP_ADDR);
}

static const struct scenario_case evict_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{PCID},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{PCID, .busted = "asid_evict_no_flush", RED_BY("scenario")},
	{.flush = "ipi", .policy = "broadcast", .busted = "asid_evict_no_flush"},
	{},
};

static const struct scenario asid_evict_vs_flush = {
	.name = "asid_evict_vs_flush",
	.help = "a page is unmapped and freed while another CPU gives the mm's ASID to another mm",
	.setup = setup_evict,
	.actor = {zap_unmap, visit_all_and_return},
	.cases = evict_cases,
};
SCENARIO(asid_evict_vs_flush);
