/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_BITOPS_H
#define ASM_BITOPS_H

#include <kernel/bitops_plain.h>

/* Locked operations: one step each, with an empty store buffer. */
static inline bool test_and_set_bit(unsigned int nr, unsigned long *addr)
{
	volatile unsigned long *word = model_rmw(&addr[nr / BITS_PER_LONG]);
	unsigned long mask = 1UL << (nr % BITS_PER_LONG), old = *word;

	*word = old | mask;
	return old & mask;
}

static inline bool test_and_clear_bit(unsigned int nr, unsigned long *addr)
{
	volatile unsigned long *word = model_rmw(&addr[nr / BITS_PER_LONG]);
	unsigned long mask = 1UL << (nr % BITS_PER_LONG), old = *word;

	*word = old & ~mask;
	return old & mask;
}

static inline void set_bit(unsigned int nr, unsigned long *addr)
{
	test_and_set_bit(nr, addr);
}

static inline void clear_bit(unsigned int nr, unsigned long *addr)
{
	test_and_clear_bit(nr, addr);
}

#endif
