/* SPDX-License-Identifier: GPL-2.0 */
/* Cases: their names, and what the machine is to offer. See <tests/scenario_run.h>. */
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <model/machine.h>
#include <tests/scenario.h>
#include <tests/scenario_run.h>

/* @n: how long the name is already. Returns how long it is now. */
static size_t append(char *buf, size_t size, size_t n, const char *before, const char *word)
{
	n += (size_t)snprintf(buf + n, size - n, "%s%s", before, word);
	BUG_ON(n >= size);
	return n;
}

void scenario_case_name(const struct scenario *s, const struct scenario_case *c, char *buf,
			size_t size)
{
	size_t n = append(buf, size, 0, "", s->name);
	const struct {
		bool on;
		const char *name;
	} marks[] = {
		{c->tso, "tso"},
		{c->x2apic, "x2apic"},
		{c->tce, "tce"},
		{c->invlpgb, "hw"},
		{c->tlbsync_early, "early"},
		{c->fills, c->fills > 1 ? "fills" : "fill"},
		{c->ticks, "tick"},
		{c->preemptions, "preempt"},
		{c->wake_lazy, "wake"},
		{c->eager_mask, "eager"},
		{c->trim, "trim"},
		{c->judge, c->judge},
	};

	n = append(buf, size, n, ".", c->flush ? c->flush : "ipi");
	n = append(buf, size, n, ".", c->policy ? c->policy : "broadcast");
	if (c->busted)
		n = append(buf, size, n, ".", c->busted);
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (marks[i].on)
			n = append(buf, size, n, "+", marks[i].name);
}

void scenario_config(const struct scenario *s, const struct scenario_case *c,
		     struct model_config *config)
{
	bool nmis = s->nmis ||
		    (c->flush && (!strcmp(c->flush, "invlpgb-nmi") ||
				  !strcmp(c->flush, "sometimes-ipi") || !strcmp(c->flush, "liar")));

	*config = (struct model_config){
		.cpus = scenario_cpus(s),
		.choice =
			{
				[PROC_IRQ] = {.times = 1},
				[PROC_NMI] = {.times = nmis},
				[PROC_DRAIN] = {.times = c->tso},
				[PROC_TICK] = {.times = c->ticks},
				[PROC_FILL] = {c->fills, s->fill_cpus},
				[PROC_INVLPGB] = {.times = c->invlpgb},
				[PROC_HYPERVISOR] = {c->preemptions, s->preempt_cpus},
			},
		.x2apic = c->x2apic,
		.tce = c->tce,
		.fill_va = s->fill_va,
		.invlpgb = c->invlpgb,
		.invlpgb_max = 1,
		.tlbsync_early = c->tlbsync_early,
		.no_lockdep = c->judge && strcmp(c->judge, "lockdep"),
	};
}
