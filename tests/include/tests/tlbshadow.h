/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_TLBSHADOW_H
#define TESTS_TLBSHADOW_H

#include <kernel/types.h>

/*
 * What the CPUs may have cached, for oracles. A CPU may cache entries that lead to a table of the
 * mm that it has loaded. It keeps them under the ASID until that is flushed, also while other
 * ASIDs are loaded, and uses them while the ASID is loaded.
 *
 * Moments are those of tlbshadow_now(). All of it under oracle_lock().
 */
u64 tlbshadow_now(void);

/* May any CPU keep anything of @mm? */
bool tlbshadow_kept(u64 mm);

/* May @cpu still have, and use now, what it could cache of @mm at @when? */
bool tlbshadow_knows(unsigned int cpu, u64 mm, u64 when);

/* A table that is freed or deposited. */
struct table_gone {
	u64 pfn;
	u64 tsc; /* when it was withdrawn: where the history begins */
	u8 op; /* the operation to charge */
};

/*
 * @table, withdrawn from @mm at @when, goes. What @cpu has cached before that, it has to drop
 * before it uses it again: else that use is a violation of tlbshadow.
 */
void tlbshadow_owes(unsigned int cpu, u64 mm, u64 when, const struct table_gone *table);

/* tlbshadow.c and tlbshadow_kept.c */
struct oracle;
extern const struct oracle tlbshadow_oracle;
void tlbshadow_kept_init(void);

#endif
