/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was real: which functions of Linux's objects ran in any schedule. Kept in memory that all
 * processes of a run share, printed once at its end. Of the functions of ours: stubs_seen.h.
 */
#include "host.h"
#include "model.h"
#include "real.h"
#include "seam.h"
#include <explore/also.h>
#include <kernel/compiler.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <tests/scenario_run.h>

/* By tools/linux/linux.ld. */
extern const char lx_linux_text[], lx_linux_text_end[];

#define GRAIN 16 /* functions are aligned to that */
static u8 *ran;

static unsigned long nr_grains(void)
{
	return (unsigned long)(lx_linux_text_end - lx_linux_text) / GRAIN + 1;
}

__attribute__((constructor)) static void real_init(void)
{
	ran = host_alloc_shared(nr_grains());
}

void real_ran(const void *pc)
{
	ran[(unsigned long)((const char *)pc - lx_linux_text) / GRAIN] = 1;
}

/* "# ran ADDRESS" for each function, which tools/linux/table.py names. */
void redundant_also(void)
{
	for (unsigned long i = 0; i < nr_grains(); i++)
		if (ran[i])
			printk("# ran %#lx\n", (unsigned long)lx_linux_text + i * GRAIN);
}

/* What some releases do not do, and the cases that are left out then. */
static const struct need {
	const bool *met;
	const char *scenario, *flush; /* NULL: any */
	const char *note;
} needs[] = {
	{&lx_linux_has_invlpgb, NULL, "invlpgb",
	 "left out: all cases with flush invlpgb; this Linux has no INVLPGB"},
	{&lx_linux_is_guest, NULL, "pv",
	 "left out: all cases with flush pv; this Linux is no guest of KVM"},
	{&lx_linux_batches_tables, "linux_nomem_vs_gup", NULL,
	 "left out: linux_nomem_vs_gup; this Linux has batches of tables in guests only"},
	{&lx_linux_reclaims_tables, "linux_reclaim_vs_fault", NULL,
	 "left out: linux_reclaim_vs_fault; this Linux frees no table in madvise()"},
};

static bool named(const char *name, const char *wanted)
{
	return !wanted || (name && !strcmp(name, wanted));
}

bool tree_can_run(const struct scenario *s, const struct scenario_case *c)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(needs); i++)
		if (!*needs[i].met && named(s->name, needs[i].scenario) &&
		    named(c->flush, needs[i].flush))
			return false;
	return true;
}

void tree_note_left_out(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(needs); i++)
		if (!*needs[i].met)
			host_note(needs[i].note);
}
