/* SPDX-License-Identifier: GPL-2.0 */
/* See "narrow.h". */
#include "narrow.h"
#include "engine.h"
#include <stdio.h>
#include <string.h>

#define ALL_CPUS ((1u << MODEL_MAX_CPUS) - 1)

/* Each of these turns a liberty off on @cpu. Return: false if the case does not have it. */
static bool no_store_buffer(struct model_config *c, unsigned int cpu)
{
	c->no_store_buffer |= 1u << cpu;
	return c->store_buffers;
}

/* Leave @cpu out of @cpus (0: all). Return: false if it was not in, or @times is 0. */
static bool leave_out(unsigned int *times, unsigned int *cpus, unsigned int cpu)
{
	unsigned int mask = *cpus ? *cpus : ALL_CPUS;

	if (!*times || !(mask & 1u << cpu))
		return false;
	*cpus = mask & ~(1u << cpu);
	if (!*cpus)
		*times = 0;
	return true;
}

static bool no_fills(struct model_config *c, unsigned int cpu)
{
	return leave_out(&c->fills, &c->fill_cpus, cpu);
}

static bool no_preemptions(struct model_config *c, unsigned int cpu)
{
	return leave_out(&c->preemptions, &c->preempt_cpus, cpu);
}

static bool no_ticks(struct model_config *c, unsigned int cpu)
{
	c->no_ticks |= 1u << cpu;
	return c->ticks;
}

static bool wait_for_irqs(struct model_config *c, unsigned int cpu)
{
	c->wait_for_irqs |= 1u << cpu;
	return true;
}

static bool invlpgb_at_once(struct model_config *c, unsigned int cpu)
{
	c->invlpgb_at_once |= 1u << cpu;
	return c->invlpgb;
}

static bool take(bool *has)
{
	bool had = *has;

	*has = false;
	return had;
}

static bool no_tce(struct model_config *c, unsigned int cpu)
{
	return take(&c->tce);
}

static bool no_x2apic(struct model_config *c, unsigned int cpu)
{
	return take(&c->x2apic);
}

static bool no_erratum(struct model_config *c, unsigned int cpu)
{
	return take(&c->tlbsync_early);
}

#define STEPS_OF(kind) (1u << (kind))
static const struct liberty {
	const char *name;
	bool machine; /* of the machine, not of each CPU */
	bool (*off)(struct model_config *c, unsigned int cpu);
	unsigned int steps; /* kinds of processes that use it; 0: schedules do not show it */
} liberties[] = {
	{"store buffer", false, no_store_buffer, STEPS_OF(PROC_DRAIN)},
	{"page walker", false, no_fills, STEPS_OF(PROC_FILL)},
	{"TCE", true, no_tce, 0},
	{"x2APIC", true, no_x2apic, 0},
	{"late INVLPGB", false, invlpgb_at_once, STEPS_OF(PROC_INVLPGB)},
	{"erratum #1718", true, no_erratum, 0},
	{"timer", false, no_ticks, STEPS_OF(PROC_TICK)},
	{"preemption", false, no_preemptions, STEPS_OF(PROC_HYPERVISOR)},
	{"interrupt at any step", false, wait_for_irqs, STEPS_OF(PROC_IRQ) | STEPS_OF(PROC_NMI)},
};
#define NR_LIBERTIES (sizeof(liberties) / sizeof(liberties[0]))

static bool is_used(const struct liberty *l, unsigned int cpu, u64 used)
{
	bool any = !l->steps;

	for (unsigned int kind = 0; kind < NR_PROC_KINDS; kind++)
		if (l->steps & STEPS_OF(kind))
			any |= used >> model_proc(kind, cpu) & 1;
	return any;
}

static unsigned int cpus_of(const struct liberty *l, const struct model_config *c)
{
	return l->machine ? 1 : c->cpus;
}

static void drop_unused(struct model_config *now, u64 used,
			enum narrow_result (*search)(const struct model_config *config))
{
	struct model_config try = *now;

	for (unsigned int i = 0; i < NR_LIBERTIES; i++) {
		for (unsigned int cpu = 0; cpu < cpus_of(&liberties[i], now); cpu++) {
			struct model_config one = try;

			if (!is_used(&liberties[i], cpu, used) && liberties[i].off(&one, cpu))
				try = one;
		}
	}
	if (search(&try) == NARROW_RED)
		*now = try;
}

/* Is it off already? Then turning it off changes nothing. */
static bool is_gone(const struct liberty *l, const struct model_config *c, unsigned int cpu)
{
	struct model_config try = *c;

	return !l->off(&try, cpu) || !memcmp(&try, c, sizeof(try));
}

/* Append a liberty that the failure needs, or may need. */
static void append(char needs[NARROW_MAX], const struct liberty *l, unsigned int cpu,
		   enum narrow_result res)
{
	size_t n = strlen(needs);
	char of[32] = "";

	if (!l->machine)
		snprintf(of, sizeof(of), " of CPU%u", cpu);
	if ((size_t)snprintf(needs + n, NARROW_MAX - n, "%s%s%s%s", n ? ", " : "", l->name, of,
			     res == NARROW_CUT ? " (or not: the search without it did not end)"
					       : "") >= NARROW_MAX - n)
		xp_die("a failure needs more than NARROW_MAX characters of liberties");
}

void narrow(char needs[NARROW_MAX], const struct model_config *config, u64 used,
	    enum narrow_result (*search)(const struct model_config *config))
{
	struct model_config now = *config;

	*needs = '\0';
	drop_unused(&now, used, search);
	for (unsigned int i = 0; i < NR_LIBERTIES; i++) {
		const struct liberty *l = &liberties[i];

		for (unsigned int cpu = 0; cpu < cpus_of(l, config); cpu++) {
			struct model_config try = now;
			enum narrow_result res;

			if (is_gone(l, &now, cpu))
				continue;
			l->off(&try, cpu);
			res = search(&try);
			if (res == NARROW_RED)
				now = try;
			else
				append(needs, l, cpu, res);
		}
	}
	if (!*needs)
		strcpy(needs, "no liberty, only the order of steps");
}
