/* SPDX-License-Identifier: GPL-2.0 */
/*
 * owed_keeps_mask: the mask of CPUs that a shared PMD table is owed is not freed with the debt.
 * One CPU is enough: the first of three mms unshares, no flush waits for walkers, the last one frees
 * the table.
 */
#include <tests/busted_case.h>

BUSTED_CASE(owed_keeps_mask, "owed_keeps_mask",
	    "duration=2 ops=unshare flush=invlpgb-nmi policy=mmcpus oracles=left");
