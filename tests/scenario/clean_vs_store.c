/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page of a file is written out while another CPU stores to it. Is the last store in what
 * was written, or noted for the next time?
 *
 *	CPU0 clear_page_dirty_for_io()	CPU1 thread of the mm
 *					store: Dirty is set, the TLB keeps it
 *	lock the ptl
 *	take the entry out: dirty
 *	flush
 *	put it back clean, read-only
 *	unlock; clear the page's flag
 *	write it out
 *					store: faults, or is written
 *
 * Without the flush the store goes by the TLB's copy, dirty already, and no entry says so.
 */
#include <asm/uaccess.h>
#include <tests/scenario_writeback.h>

#define ADDR PMD_SIZE

static struct written_page page;

static void setup_dirty(void)
{
	scenario_map_written(&page, ADDR, true);
}

static void setup_clean(void)
{
	scenario_map_written(&page, ADDR, false);
}

static void write_out(void)
{
	scenario_write_out(&page);
}

static void store_twice(void)
{
	put_user_u64(1, ADDR);
	put_user_u64(2, ADDR);
}

static void end(void)
{
	scenario_check_written(&page);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "mkclean_no_flush", RED_BY("scenario")},
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_no_remote", RED_BY("scenario")},
	{},
};

static const struct scenario clean_vs_store = {
	.name = "clean_vs_store",
	.help = "a dirty page of a file is written out while another CPU stores to it",
	.setup = setup_dirty,
	.actor = {write_out, store_twice},
	.end = end,
	.cases = cases,
};
SCENARIO(clean_vs_store);

static const struct scenario clean_vs_first_store = {
	.name = "clean_vs_first_store",
	.help = "a page of a file is written out while another CPU stores to it first",
	.setup = setup_clean,
	.actor = {write_out, store_twice},
	.end = end,
	.cases = cases,
};
SCENARIO(clean_vs_first_store);

/*
 * The same entry is made read-only: by way of empty, so that no Dirty is lost that hardware sets in
 * between (Linux: ptep_modify_prot_start()).
 */
static void protect(void)
{
	scenario_check(!mm_mprotect(page.mm, ADDR, PAGE_SIZE, false));
}

static const struct scenario_case protect_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "ipi", .policy = "broadcast", .busted = "protect_not_taken", RED_BY("scenario")},
	{},
};

static const struct scenario protect_vs_first_store = {
	.name = "protect_vs_first_store",
	.help = "a clean page of a file is made read-only while another CPU stores to it",
	.setup = setup_clean,
	.actor = {protect, store_twice},
	.end = end,
	.cases = protect_cases,
};
SCENARIO(protect_vs_first_store);
