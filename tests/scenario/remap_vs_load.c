/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page is unmapped and another one mapped at its address, while another thread loads from it.
 *
 *	CPU0 munmap(), mmap(), store NEW	CPU1 load, load
 *						load: OLD (the TLB keeps it)
 *	clear PTE; flush; free the page
 *	PTE := another page, of zeroes
 *	store NEW
 *						load: OLD, if the flush left out CPU1
 *
 * CPU1 may find OLD, then nothing, then 0, then NEW: never one of them after a later one, and
 * never OLD again, nor whatever else the old page is for by then.
 */
#include <asm/uaccess.h>
#include <tests/scenario_zap.h>

enum { OLD = 0x01d, NEW = 0x2e3 };

static void setup(void)
{
	zap_setup_threads();
	kthread_use_mm(zap_mm);
	scenario_check(!put_user_u64(OLD, ZAP_ADDR));
	kthread_unuse_mm(zap_mm);
}

static void remap(void)
{
	zap_unmap();
	scenario_check(!mm_mmap(zap_mm, ZAP_ADDR, PAGE_SIZE, VM_WRITE, NULL, 0));
	scenario_check(!fault_in(zap_mm, ZAP_ADDR, true));
	scenario_check(!put_user_u64(NEW, ZAP_ADDR));
}

/* How far CPU0 had come when CPU1 found this. */
static int load(void)
{
	u64 val;

	if (get_user_u64(&val, ZAP_ADDR))
		return 1;
	scenario_check(val == OLD || val == 0 || val == NEW);
	return val == OLD ? 0 : val == 0 ? 2 : 3;
}

static void load_twice(void)
{
	int first = load();

	scenario_check(first <= load());
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "tlb_no_remote", RED_BY("scenario")},
	{},
};

static const struct scenario remap_vs_load = {
	.name = "remap_vs_load",
	.help = "a page is replaced by another one while a thread loads from it",
	.setup = setup,
	.actor = {remap, load_twice},
	.cases = cases,
};
SCENARIO(remap_vs_load);
