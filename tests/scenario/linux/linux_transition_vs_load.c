/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An mm of Linux gets its global ASID, and unmaps and frees a page by broadcast, while another CPU
 * loads from the page under a dynamic ASID.
 *
 *	CPU0 use_global_asid(), zap		CPU1 thread of the mm
 *						load (the TLB keeps it, dynamic ASID)
 *	global_asid, asid_transition
 *	clear PTE; INVLPGB of the global ASID
 *	finish_asid_transition(): CPU1 runs
 *	   under another: interrupt it
 *	TLBSYNC; free the page
 *						load: a fault, under the global ASID
 *
 * Another mm has got one before, so that this one comes without a flush of everything.
 */
#include "linux.h"
#include <asm/pgtable_types.h>

static void setup(void)
{
	linux_setup_asid_later();
	linux_call(give_asid(1));
}

static void give_and_zap(void)
{
	linux_call(give_asid(0));
	linux_call(unmap(LINUX_ADDR, false));
}

static void load_twice(void)
{
	linux_load();
	linux_load();
}

#define HW .flush = "invlpgb", .policy = "broadcast", .invlpgb = true
static const struct scenario_case cases[] = {
	{HW},
	{HW, .tso = true},
	{},
};

static const struct scenario linux_transition_vs_load = {
	.name = "linux_transition_vs_load",
	.help = "Linux: an mm gets a global ASID while another CPU loads under a dynamic one",
	.setup = setup,
	.actor = {give_and_zap, load_twice},
	.cases = cases,
};
SCENARIO(linux_transition_vs_load);

/*
 * The other CPU begins to use the mm meanwhile. CPU0 switches between threads of the mm, and so runs
 * under the global ASID itself; its first flush is of another page.
 *
 *	CPU0 use_global_asid(), flush, zap	CPU1 from another mm
 *						loaded_mm = SWITCHING
 *						read global_asid: none
 *	global_asid, asid_transition
 *	INVLPGB; CPU1 is SWITCHING: wait for
 *	   what it loads, then interrupt it
 *						loaded_mm, under a dynamic ASID
 *						load (the TLB keeps it)
 *	clear PTE; INVLPGB; free the page
 *						load: a fault
 */
static void give_flush_and_zap(void)
{
	linux_call(give_asid(0));
	linux_call(lazy_back()); /* though it was not lazy */
	linux_call(flush(LINUX_ADDR + PAGE_SIZE));
	linux_call(unmap(LINUX_ADDR, false));
}

static void enter(void)
{
	linux_call(away());
	linux_call(back());
	linux_load();
	linux_load();
}

static const struct scenario_case enter_cases[] = {
	{HW},
	{HW, .tso = true, .bound = 2, .slow = true},
	{},
};

static const struct scenario linux_enter_vs_transition = {
	.name = "linux_enter_vs_transition",
	.help = "Linux: an mm gets a global ASID while another CPU switches to it",
	.setup = setup,
	.actor = {give_flush_and_zap, enter},
	.cases = enter_cases,
};
SCENARIO(linux_enter_vs_transition);

/*
 * Linux itself says when: consider_global_asid(), after a flush of an mm that runs on four CPUs. Two
 * of them only take interrupts.
 */
static void flush_and_zap(void)
{
	linux_call(flush(LINUX_ADDR + PAGE_SIZE));
	linux_call(unmap(LINUX_ADDR, false));
}

static const struct scenario_case four_cases[] = {
	{HW, .bound = 2},
	{},
};

static const struct scenario linux_consider_vs_load = {
	.name = "linux_consider_vs_load",
	.help = "Linux: a flush gives an mm on four CPUs a global ASID while one of them loads",
	.setup = setup,
	.actor = {flush_and_zap, load_twice},
	.cpus = 4,
	.cases = four_cases,
};
SCENARIO(linux_consider_vs_load);
