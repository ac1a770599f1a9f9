/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of frames that each CPU has for itself, as Linux's per-CPU lists (pcp). From the zone, two
 * CPUs that allocate and free in any order are as many schedules as orders, which differ only in
 * the numbers of frames. With blocks of its own a CPU gets the same frames in each of them, and no
 * other CPU touches what it keeps: the orders are one schedule.
 *
 * What is lost: that a frame which one CPU has freed is used by the next allocation of another.
 * Oracles judge when a frame is freed and when a freed one is used, not when it is used again.
 * Off, unless a scenario fills the lists: model_own_pages().
 */
#include "model.h"
#include <mm/page_alloc.h>

#define OWN_ORDERS 2
#define OWN_PAGES  23
struct own_pages {
	u16 nr;
	u16 pfn[OWN_PAGES];
};
/* Free blocks of each order that a CPU keeps. */
struct own_orders {
	struct own_pages order[OWN_ORDERS];
};
static HW_STATE(struct own_orders, own_orders);

static struct own_pages *own_of(struct mcpu *c, unsigned int order)
{
	return &hw_state(own_orders, c)->order[order];
}

struct page *page_take_own(unsigned int order)
{
	struct own_pages *own = own_of(this_mcpu(), order);

	if (order >= OWN_ORDERS || !own->nr)
		return NULL;
	return pfn_to_page(own->pfn[--own->nr]);
}

bool page_give_own(struct page *page, unsigned int order)
{
	struct own_pages *own = own_of(this_mcpu(), order);

	if (!machine.own_pages || order >= OWN_ORDERS || own->nr == OWN_PAGES)
		return false;
	own->pfn[own->nr++] = (u16)page_to_pfn(page);
	return true;
}

void model_own_pages(unsigned int cpu, unsigned int order, struct page *page)
{
	struct own_pages *own = own_of(&machine.cpus[cpu], order);

	BUG_ON(order >= OWN_ORDERS || own->nr == OWN_PAGES);
	machine.own_pages = true;
	own->pfn[own->nr++] = (u16)page_to_pfn(page);
}

unsigned long model_nr_own_pages(void)
{
	unsigned long n = 0;

	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		for (unsigned int order = 0; order < OWN_ORDERS; order++)
			n += (unsigned long)own_of(&machine.cpus[cpu], order)->nr << order;
	return n;
}
