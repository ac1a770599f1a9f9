/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_BITOPS_PLAIN_H
#define KERNEL_BITOPS_PLAIN_H

/*
 * Bits without locked operations, the same on every machine. Include <asm/bitops.h>, which
 * has the others.
 */
#include <kernel/types.h>
#include <asm/rwonce.h>

#define BITS_PER_LONG	 64
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)

static inline bool test_bit(unsigned int nr, const unsigned long *addr)
{
	return (READ_ONCE(addr[nr / BITS_PER_LONG]) >> (nr % BITS_PER_LONG)) & 1;
}

/* Not atomic: the caller owns the word. */
static inline void __set_bit(unsigned int nr, unsigned long *addr)
{
	addr[nr / BITS_PER_LONG] |= 1UL << (nr % BITS_PER_LONG);
}

static inline void __clear_bit(unsigned int nr, unsigned long *addr)
{
	addr[nr / BITS_PER_LONG] &= ~(1UL << (nr % BITS_PER_LONG));
}

#endif
