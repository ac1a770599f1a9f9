/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hardware, of driven CPUs: no load or store uses a page that is free. A TLB
 * cannot be read, but a load right before the access, in the same step, finds the same page: the
 * oracle canary marks each user page when it is freed.
 *
 * In the model it is tests/scenario/hardware.c, which also checks whether a page walker can reach a
 * free table; here the oracle tlbshadow does.
 */
#include "metal.h"
#include <kernel/bug.h>
#include <kernel/smp.h>
#include <asm/page.h>
#include <asm/uaccess.h>
#include <mm/page_alloc.h>
#include <tests/canary.h>
#include <tests/scenario.h>

#define MOST_FREED 2048

/* In this schedule. Contents of user pages are not put back: the marks must be cleared. */
static struct {
	unsigned long pfn;
	unsigned long nr;
} freed[MOST_FREED];
static unsigned int nr_freed;

static void page_freed(const struct event *ev)
{
	if (metal_mode != METAL_EXPLORE ||
	    (ev->c != PAGE_ANON && ev->c != PAGE_FILE && ev->c != PAGE_HUGETLB))
		return;
	BUG_ON(nr_freed == MOST_FREED);
	freed[nr_freed].pfn = ev->a;
	freed[nr_freed++].nr = 1UL << ev->b;
	/* A load may still reach it. */
	metal_touch(OBJECT(OBJ_TABLES, 0), XP_READ);
}
OBSERVER(PAGE_FREE, page_freed);

void hardware_looks(unsigned long addr)
{
	u64 val;

	if (!peek_user_u64(&val, addr & PAGE_MASK) && canary_is_freed(val))
		metal_fail("hardware: CPU%d uses the page at %#lx, which is free",
			   raw_smp_processor_id(), addr);
}

void hardware_unmark(void)
{
	while (nr_freed) {
		nr_freed--;
		for (unsigned long i = 0; i < freed[nr_freed].nr; i++)
			*(volatile u64 *)__va(PFN_PHYS(freed[nr_freed].pfn + i)) = 0;
	}
}

void scenario_only_freed_tables(void)
{
	/* tlbshadow judges no others. */
}
