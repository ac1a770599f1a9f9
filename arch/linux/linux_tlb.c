// SPDX-License-Identifier: GPL-2.0
/*
 * use_global_asid(), which is static: so the tree's file is included whole. Only of a tree that has
 * INVLPGB. An mm gets its global ASID in the middle of consider_global_asid(), when a flush has found
 * it running on four CPUs; here a scenario says when.
 */
#include <arch/x86/mm/tlb.c>
#include "linux.h"

void linux_give_asid(unsigned int mm)
{
	use_global_asid(linux_mms[mm]);
}
