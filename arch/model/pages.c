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

struct page *page_take_own(unsigned int order)
{
	struct own_pages *own = &this_mcpu()->own[order];

	if (order >= OWN_ORDERS || !own->nr)
		return NULL;
	return pfn_to_page(own->pfn[--own->nr]);
}

bool page_give_own(struct page *page, unsigned int order)
{
	struct own_pages *own = &this_mcpu()->own[order];

	if (!machine.own_pages || order >= OWN_ORDERS || own->nr == OWN_PAGES)
		return false;
	own->pfn[own->nr++] = (u16)page_to_pfn(page);
	return true;
}

void model_own_pages(unsigned int cpu, unsigned int order, struct page *page)
{
	struct own_pages *own = &machine.cpus[cpu].own[order];

	BUG_ON(order >= OWN_ORDERS || own->nr == OWN_PAGES);
	machine.own_pages = true;
	own->pfn[own->nr++] = (u16)page_to_pfn(page);
}

unsigned long model_nr_own_pages(void)
{
	unsigned long n = 0;

	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		for (unsigned int order = 0; order < OWN_ORDERS; order++)
			n += (unsigned long)machine.cpus[cpu].own[order].nr << order;
	return n;
}
