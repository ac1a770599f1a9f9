/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A dirty page of a file is unmapped while it is written out and stored to. Is the last
 * store in what was written, or the page dirty again?
 *
 *	CPU0 unmap_mapping_pages()	CPU1 thread of the mm
 *					store: Dirty is set, the TLB keeps it
 *	lock the ptl
 *	take the entry out: dirty,
 *	so is the page
 *	flush
 *	unlock
 *					clear_page_dirty_for_io(): entry empty,
 *					page was dirty; write it out
 *					store: must not find it
 *
 * 1cf35d47712d: the flush came after the unlock. 5df397dec7c4: the page counted as unmapped
 * before the flush, so that page_mkclean() did not ask for the ptl.
 *
 * Where the translation is clean nothing of this is needed: the store looks at the entry.
 */
#include <asm/uaccess.h>
#include <mm/mm.h>
#include <tests/scenario_writeback.h>

#define ADDR PMD_SIZE

static struct written_page page;

static void setup_dirty(void)
{
	scenario_map_written(&page, ADDR, true);
	down_write(&page.file->invalidate_lock);
}

static void setup_clean(void)
{
	scenario_map_written(&page, ADDR, false);
	down_write(&page.file->invalidate_lock);
}

static void zap(void)
{
	unmap_mapping_pages(page.file, 0, 1);
}

static void store_and_clean(void)
{
	put_user_u64(1, ADDR);
	scenario_write_out(&page);
	put_user_u64(2, ADDR);
}

static void load_and_clean(void)
{
	u64 v;

	get_user_u64(&v, ADDR);
	scenario_write_out(&page);
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
	{.flush = "ipi", .policy = "broadcast", .busted = "zap_flush_unlocked", RED_BY("scenario")},
	{.flush = "invlpgb",
	 .policy = "broadcast",
	 .invlpgb = true,
	 .busted = "zap_flush_unlocked",
	 RED_BY("scenario")},
	{.flush = "ipi", .policy = "broadcast", .busted = "zap_rmap_early", RED_BY("scenario")},
	{.flush = "ipi", .policy = "broadcast", .busted = "mkclean_peek", RED_BY("scenario")},
	{},
};

static const struct scenario zap_vs_store = {
	.name = "zap_vs_store",
	.help = "a dirty page of a file is unmapped, written out and stored to",
	.setup = setup_dirty,
	.actor = {zap, store_and_clean},
	.end = end,
	.cases = cases,
};
SCENARIO(zap_vs_store);

static const struct scenario_case clean_cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	/* No dirty entry, no flush under the lock, nothing to revert. */
	{.flush = "ipi", .policy = "broadcast", .busted = "zap_flush_unlocked"},
	{.flush = "ipi", .policy = "broadcast", .busted = "hw_dirty_unchecked", RED_BY("scenario")},
	{},
};

static const struct scenario zap_vs_first_store = {
	.name = "zap_vs_first_store",
	.help = "a page of a file is unmapped, loaded from, written out and stored to",
	.setup = setup_clean,
	.actor = {zap, load_and_clean},
	.end = end,
	.cases = clean_cases,
};
SCENARIO(zap_vs_first_store);
