/* SPDX-License-Identifier: GPL-2.0 */
/* See "narrow.h". */
#include "narrow.h"
#include "engine.h"
#include <stdio.h>
#include <string.h>

/*
 * The hardware choices by number: kinds of processes; then those of the whole machine; then where
 * interrupts and NMIs come.
 */
enum { TCE = NR_PROC_KINDS, X2APIC, ERRATUM_1718, ANY_STEP, NR_CHOICES };

static const char *name_of(unsigned int choice)
{
	static const char *const names[] = {"TCE", "x2APIC", "erratum #1718",
					    "interrupt at any step"};

	return choice < NR_PROC_KINDS ? model_choice_name(choice) : names[choice - NR_PROC_KINDS];
}

/* Return: false if the machine did not have it. */
static bool take(bool *has)
{
	bool had = *has;

	*has = false;
	return had;
}

/* Leave @cpu out. Return: false if it did not have the choice. */
static bool leave_out(struct model_choice *choice, unsigned int cpu)
{
	unsigned int mask = choice->cpus ? choice->cpus : (1u << MODEL_MAX_CPUS) - 1;

	if (!choice->times || !(mask & 1u << cpu))
		return false;
	choice->cpus = mask & ~(1u << cpu);
	if (!choice->cpus)
		choice->times = 0;
	return true;
}

static bool off(unsigned int choice, struct model_config *c, unsigned int cpu)
{
	switch (choice) {
	case TCE:
		return take(&c->tce);
	case X2APIC:
		return take(&c->x2apic);
	case ERRATUM_1718:
		return take(&c->tlbsync_early);
	case ANY_STEP:
		return leave_out(&c->choice[PROC_IRQ], cpu);
	default:
		return name_of(choice) && leave_out(&c->choice[choice], cpu);
	}
}

static bool of_machine(unsigned int choice)
{
	return choice >= TCE && choice <= ERRATUM_1718;
}

/* By a schedule, which does not show those of the machine. */
static bool is_used(unsigned int choice, unsigned int cpu, u64 used)
{
	u64 kinds = choice == ANY_STEP ? BIT(PROC_IRQ) | BIT(PROC_NMI) : BIT(choice);

	for (unsigned int kind = 0; kind < NR_PROC_KINDS; kind++)
		if (kinds & BIT(kind) && used & BIT(model_proc(kind, cpu)))
			return true;
	return of_machine(choice);
}

static unsigned int cpus_of(unsigned int choice, const struct model_config *c)
{
	return of_machine(choice) ? 1 : c->cpus;
}

static void drop_unused(struct model_config *now, u64 used,
			enum narrow_result (*search)(const struct model_config *config))
{
	struct model_config try = *now;

	for (unsigned int l = 0; l < NR_CHOICES; l++) {
		for (unsigned int cpu = 0; cpu < cpus_of(l, now); cpu++) {
			struct model_config one = try;

			if (!is_used(l, cpu, used) && off(l, &one, cpu))
				try = one;
		}
	}
	if (search(&try) == NARROW_RED)
		*now = try;
}

/* Is it off already? Then turning it off changes nothing. */
static bool is_gone(unsigned int l, const struct model_config *c, unsigned int cpu)
{
	struct model_config try = *c;

	return !off(l, &try, cpu) || !memcmp(&try, c, sizeof(try));
}

/* Append a hardware choice that the failure needs, or may need. */
static void append(char needs[NARROW_MAX], unsigned int l, unsigned int cpu, enum narrow_result res)
{
	size_t n = strlen(needs);
	char of[32] = "";

	if (!of_machine(l))
		snprintf(of, sizeof(of), " of CPU%u", cpu);
	if ((size_t)snprintf(needs + n, NARROW_MAX - n, "%s%s%s%s", n ? ", " : "", name_of(l), of,
			     res == NARROW_CUT ? " (or not: the search without it did not end)"
					       : "") >= NARROW_MAX - n)
		xp_die("a failure needs more than NARROW_MAX characters of hardware choices");
}

void narrow(char needs[NARROW_MAX], const struct model_config *config, u64 used,
	    enum narrow_result (*search)(const struct model_config *config))
{
	struct model_config now = *config;

	*needs = '\0';
	drop_unused(&now, used, search);
	for (unsigned int l = 0; l < NR_CHOICES; l++) {
		for (unsigned int cpu = 0; cpu < cpus_of(l, config); cpu++) {
			struct model_config try = now;
			enum narrow_result res;

			if (is_gone(l, &now, cpu))
				continue;
			off(l, &try, cpu);
			res = search(&try);
			if (res == NARROW_RED)
				now = try;
			else
				append(needs, l, cpu, res);
		}
	}
	if (!*needs)
		strcpy(needs, "no hardware choice, only the order of steps");
}
