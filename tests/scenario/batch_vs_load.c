/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reclaim: a page of a file is unmapped from two mms, flushed by one batch and freed, while
 * threads of both load from it.
 *
 *	CPU0 reclaim			CPU1 thread of A	CPU2 thread of B
 *					load			load
 *	clear A's PTE
 *	raise A's tlb_gen
 *	add A's mask to the batch
 *	clear B's PTE, and so on
 *	flush CPU1 and CPU2
 *	free the page
 *					load: a fault		load: a fault
 *
 * A CPU that enters A meanwhile is in the mask when it is read, or reads the new tlb_gen.
 */
#include <asm/tlbbatch.h>
#include <mm/mm.h>
#include <mm/rmap.h>
#include <model/machine.h>
#include <tests/scenario_actors.h>

#define ADDR PMD_SIZE

static struct mm_struct *a, *b;
static struct address_space *file;

static struct mm_struct *mapped(const char *name)
{
	struct mm_struct *mm = scenario_mm(name);

	scenario_map_file(mm, ADDR, PAGE_SIZE, file, 0);
	scenario_check(!fault_in(mm, ADDR, false));
	return mm;
}

static void setup_a(void)
{
	file = scenario_file(1);
	a = mapped("A");
	down_write(&file->invalidate_lock);
}

static void setup(void)
{
	file = scenario_file(1);
	a = mapped("A");
	b = mapped("B");
	scenario_run_in(1, a);
	scenario_run_in(2, b);
	down_write(&file->invalidate_lock);
}

static void reclaim(void)
{
	struct arch_tlbflush_unmap_batch batch = {0};

	try_to_unmap(file->pages[0], &batch);
	arch_tlbbatch_flush(&batch);
	scenario_drop_first_page(file);
}

static void load_twice(void)
{
	scenario_load_twice(ADDR);
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast"},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .invlpgb = true},
	{.flush = "pv", .policy = "broadcast", .preemptions = 1},
	{.flush = "ipi", .policy = "broadcast", .busted = "tlbbatch_no_flush", RED_BY("hardware")},
	{.flush = "invlpgb",
	 .policy = "broadcast",
	 .invlpgb = true,
	 .busted = "tlbbatch_no_flush",
	 RED_BY("hardware")},
	{},
};

static const struct scenario batch_vs_load = {
	.name = "batch_vs_load",
	.help = "a page is unmapped from two mms in one batch while threads of both load from it",
	.setup = setup,
	.actor = {reclaim, load_twice, load_twice},
	.preempt_cpus = BIT(1),
	.cases = cases,
};
SCENARIO(batch_vs_load);

static void enter_and_load(void)
{
	kthread_use_mm(a);
	model_use_cached(ADDR);
}

static const struct scenario_case enter_cases[] = {
	{.flush = "ipi", .policy = "broadcast", .fills = 1},
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .tso = true},
	{.flush = "ipi", .policy = "broadcast", .fills = 1, .invlpgb = true},
	{.flush = "invlpgb", .policy = "broadcast", .fills = 1, .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .fills = 1},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .fills = 1,
	 .busted = "tlbbatch_no_flush",
	 RED_BY("hardware")},
	{},
};

static const struct scenario batch_vs_enter = {
	.name = "batch_vs_enter",
	.help = "a page is unmapped in a batch and freed while another CPU switches to the mm",
	.setup = setup_a,
	.actor = {reclaim, enter_and_load},
	.fill_va = ADDR,
	.fill_cpus = BIT(1),
	.cases = enter_cases,
};
SCENARIO(batch_vs_enter);

/* The CPU has left the mm, keeps its translation, and comes back. */
static struct mm_struct *other;

static void setup_return(void)
{
	setup_a();
	scenario_run_in(1, a);
	other = scenario_mm("other");
}

static void leave_and_return(void)
{
	scenario_load_twice(ADDR);
	scenario_switch_to(other);
	scenario_switch_to(a);
	model_use_cached(ADDR);
}

static const struct scenario_case return_cases[] = {
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true, .eager_mask = true},
	{.flush = "ipi", .policy = "broadcast", .invlpgb = true, .eager_mask = true, .tso = true},
	{.flush = "invlpgb", .policy = "broadcast", .invlpgb = true},
	{.flush = "invlpgb-nmi", .policy = "broadcast", .invlpgb = true},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .invlpgb = true,
	 .busted = "tlbbatch_no_gen",
	 RED_BY("hardware")},
	{},
};

static const struct scenario batch_vs_return = {
	.name = "batch_vs_return",
	.help = "a page is unmapped in a batch and freed while another CPU leaves the mm and comes back",
	.setup = setup_return,
	.actor = {reclaim, leave_and_return},
	.cases = return_cases,
};
SCENARIO(batch_vs_return);
