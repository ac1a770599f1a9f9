/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_PAGES_H
#define MODEL_PAGES_H

#include <kernel/types.h>

/* Free blocks of one order that a CPU keeps: pages.c. */
#define OWN_ORDERS 2
#define OWN_PAGES  23
struct own_pages {
	u16 nr;
	u16 pfn[OWN_PAGES];
};

#endif
