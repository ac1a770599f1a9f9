/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two threads of one mm unmap the same page. The one that comes second finds no entry, so it has
 * nothing to flush; when it returns to user space the page must be gone all the same.
 *
 *	CPU0 madvise(MADV_DONTNEED)	CPU1 load (the TLB keeps it)
 *	tlb_gather_mmu()		     madvise(MADV_DONTNEED)
 *	clear PTE
 *					tlb_gather_mmu(): no entry
 *					tlb_finish_mmu(): is another gather under way? flush
 *					load: a fault
 *	tlb_finish_mmu(): flush
 *	free the page
 */
#include "linux.h"
#include <asm/pgtable_types.h>

#define OTHER (LINUX_ADDR + PAGE_SIZE)

static void zap(void)
{
	linux_call(unmap(LINUX_ADDR, false));
}

static void zap_and_load(void)
{
	linux_load();
	linux_call(unmap(LINUX_ADDR, false));
	linux_load_faults();
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{},
};

static const struct scenario linux_zap_vs_zap = {
	.name = "linux_zap_vs_zap",
	.help = "Linux: two CPUs unmap the same page; neither finds it afterwards",
	.setup = linux_setup,
	.actor = {zap, zap_and_load},
	.cases = cases,
};
SCENARIO(linux_zap_vs_zap);

/*
 * Of two neighbouring pages each CPU unmaps one. Two flushes are under way, and CPU1 may carry out
 * its own first.
 *
 *	CPU0 zap_pte_range()		CPU1
 *					load CPU0's page (the TLB keeps it)
 *	clear PTE; tlb_gen 2
 *					clear PTE; tlb_gen 3: flush its own page
 *					the IPI for tlb_gen 2
 *	free the page
 *					load CPU0's page: a fault, or the page before it is free
 */
static void setup(void)
{
	linux_setup();
	linux_call(map_more(OTHER));
}

static void zap_other(void)
{
	linux_load();
	linux_call(unmap(OTHER, false));
	linux_load();
}

static const struct scenario linux_zap_vs_neighbour = {
	.name = "linux_zap_vs_neighbour",
	.help = "Linux: two CPUs unmap neighbouring pages; one loads from the other's",
	.setup = setup,
	.actor = {zap, zap_other},
	.cases = cases,
};
SCENARIO(linux_zap_vs_neighbour);
