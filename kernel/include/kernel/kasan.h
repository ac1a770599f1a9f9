/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_KASAN_H
#define KERNEL_KASAN_H

#include <kernel/config.h>

/*
 * FLAVOUR=san: the compiler calls kernel/kasan.c before each load and store. It knows of each page
 * whether the allocator has given it out, and of each eight bytes of the image whether they are
 * part of a variable; an access to anything else panics. Elsewhere these are nothing.
 */

/* The 2^@order pages from @pfn are the allocator's: nobody may touch them. Context: any. */
void __kasan_poison_pages(unsigned long pfn, unsigned int order);
/* They have been given out. Context: any. */
void __kasan_unpoison_pages(unsigned long pfn, unsigned int order);

static inline void kasan_poison_pages(unsigned long pfn, unsigned int order)
{
	if (CONFIG_KASAN)
		__kasan_poison_pages(pfn, order);
}

static inline void kasan_unpoison_pages(unsigned long pfn, unsigned int order)
{
	if (CONFIG_KASAN)
		__kasan_unpoison_pages(pfn, order);
}

#endif
