/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_MEMBLOCK_H
#define KERNEL_MEMBLOCK_H

#include <kernel/types.h>

/*
 * Boot-time memory: ranges of usable RAM, minus reservations. What lives for ever
 * (per-CPU areas, stacks, rings, the frame array) is taken from here; the page
 * allocator then gets what is left, once.
 */
void memblock_add(phys_addr_t base, phys_addr_t size); /* page-rounded inwards */
void memblock_reserve(phys_addr_t base, phys_addr_t size); /* page-rounded outwards */

/* Zeroed memory; never fails: fatal()s naming @what and the size that MEM= would need. */
void *memblock_alloc_or_die(size_t size, size_t align, const char *what);

/* Calls @fn for each free range (page-aligned); afterwards memblock_alloc_or_die() is over. */
void memblock_for_each_free(void (*fn)(phys_addr_t base, phys_addr_t size));

phys_addr_t memblock_end(void); /* first address past all RAM that we use */
bool memblock_is_memory(phys_addr_t addr); /* is it of that RAM? */
phys_addr_t memblock_total(void); /* bytes of RAM that we use */

/*
 * The lists behind it: ranges sorted, disjoint and not touching. Real firmware hands out maps of a
 * hundred entries and more. A list that is full is no longer exact, and errs towards less RAM.
 */
#define MAX_MEM_RANGES 256

struct mem_range {
	phys_addr_t base, end; /* [base, end) */
};
struct mem_ranges {
	unsigned int n;
	phys_addr_t inexact; /* bytes by which the list differs from what went into it */
	struct mem_range r[MAX_MEM_RANGES];
};

/**
 * mem_ranges_insert - add a range, merged with every range it overlaps or touches
 *
 * Return: false if the list is full; it is unchanged then.
 */
bool mem_ranges_insert(struct mem_ranges *l, phys_addr_t base, phys_addr_t end);

/* RAM: the list never holds more than was offered. If it is full the smallest range goes. */
void mem_ranges_offer(struct mem_ranges *l, phys_addr_t base, phys_addr_t end);

/*
 * What is not to be used: the list always holds all that was claimed. If it is full the two ranges
 * with the smallest gap become one.
 */
void mem_ranges_claim(struct mem_ranges *l, phys_addr_t base, phys_addr_t end);

/*
 * The lowest piece at or above @from that is in @all and not in @used, cut where either
 * says so. False when there is none.
 */
bool mem_ranges_next_free(const struct mem_ranges *all, const struct mem_ranges *used,
			  phys_addr_t from, struct mem_range *out);

#endif
