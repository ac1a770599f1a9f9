/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_TLBSHADOW_H
#define TESTS_TLBSHADOW_H

#include <kernel/types.h>

/*
 * What tests/oracle/tlbshadow.c knows of the CPUs, for oracles built on it: a CPU may have
 * cached the way into a table of the mm it has loaded, and knows it until it drops it.
 */

/* 0: @cpu cannot have cached anything of @mm now. Else what to ask tlbshadow_knows() with. */
u32 tlbshadow_may_cache(unsigned int cpu, u64 mm);
/* May @cpu still know what it could cache when tlbshadow_may_cache() gave @stamp? */
bool tlbshadow_knows(unsigned int cpu, u32 stamp);

#endif
