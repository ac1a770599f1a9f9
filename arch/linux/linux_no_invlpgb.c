// SPDX-License-Identifier: GPL-2.0
/* In place of linux_tlb.c, of a tree that has no INVLPGB. */
#include "linux.h"

void linux_give_asid(unsigned int mm)
{
	model_no_stub("use_global_asid");
}
