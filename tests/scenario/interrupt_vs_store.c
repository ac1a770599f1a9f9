/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An interrupt between a store and a load is as good as a fence, and so is the IRET at its
 * end (SDM vol. 3A 9.3, 12.10): "SB" with an interrupt for one of the two MFENCEs.
 *
 *	CPU0			CPU1
 *				x = 1		(still in the store buffer)
 *	y = 1; MFENCE
 *	read x: 0
 *				interrupt: drains
 *				read y: not 0, for CPU0 would have read 1
 *
 * An NMI, whose handler can do without any locked operation.
 */
#include <kernel/nmi.h>
#include <kernel/smp.h>
#include <asm/barrier.h>
#include <asm/smp.h>
#include <tests/scenario.h>

static u32 x, y, seen_x, seen_y;
static bool asked, in_between, load_in_handler;

static void setup_before(void)
{
	load_in_handler = true;
}

static void setup_after(void)
{
	load_in_handler = false;
}

static void load(void)
{
	in_between = true;
	seen_y = READ_ONCE(y);
}

/* After the store, or before the load. */
static void handler(struct pt_regs *regs, bool irqs_on)
{
	if (raw_smp_processor_id() != 1 || !asked)
		return;
	if (!load_in_handler)
		WRITE_ONCE(x, 1);
	else if (READ_ONCE(x))
		load();
}
NMI_HANDLER(handler);

static void interrupt_and_store(void)
{
	struct cpumask one = {0};

	__cpumask_set_cpu(1, &one);
	asked = true;
	arch_send_nmi_mask(&one);
	WRITE_ONCE(y, 1);
	smp_mb(); /* pairs with the interrupt, or IRET, of CPU1 */
	seen_x = READ_ONCE(x);
}

static void store(void)
{
	WRITE_ONCE(x, 1);
}

static void load_if_stored(void)
{
	if (READ_ONCE(x))
		load();
}

static void end(void)
{
	scenario_check(!in_between || seen_x || seen_y);
}

static const struct scenario_case before_cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "hw_iret_keeps_stores", .tso = true},
	{.busted = "hw_irq_keeps_stores"},
	{.busted = "hw_irq_keeps_stores", .tso = true, RED_BY("scenario")},
	{},
};

static const struct scenario interrupt_vs_store = {
	.name = "interrupt_vs_store",
	.help = "the stores before an interrupt, and the loads in it",
	.setup = setup_before,
	.actor = {interrupt_and_store, store},
	.end = end,
	.nmis = true,
	.cases = before_cases,
};
SCENARIO(interrupt_vs_store);

static const struct scenario_case after_cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", .tso = true},
	{.busted = "hw_irq_keeps_stores", .tso = true},
	{.busted = "hw_iret_keeps_stores"},
	{.busted = "hw_iret_keeps_stores", .tso = true, RED_BY("scenario")},
	{},
};

static const struct scenario iret_vs_store = {
	.name = "iret_vs_store",
	.help = "the stores in an interrupt, and the loads after it",
	.setup = setup_after,
	.actor = {interrupt_and_store, load_if_stored},
	.end = end,
	.nmis = true,
	.cases = after_cases,
};
SCENARIO(iret_vs_store);
