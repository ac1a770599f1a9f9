/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pte_alloc_keeps: of two faults that allocate a table for one PMD the second keeps its own.
 *
 *	CPU0 fault			CPU1 fault
 *	the PMD is none: allocate
 *					the PMD is none: allocate, link
 *	the PMD is not none: free	<- left out: the table is nobody's
 */
#include <tests/busted_case.h>

BUSTED_CASE(pte_alloc_keeps, "pte_alloc_keeps", "duration=2 ops=zap policy=broadcast oracles=left");
