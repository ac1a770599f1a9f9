/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_RWONCE_H
#define ASM_RWONCE_H

#include <model/access.h>

/*
 * Marked accesses. On the model each is a step of the search if the word is shared between
 * CPUs. A load reads memory or this CPU's store buffer; a store enters the buffer.
 */
#define READ_ONCE(x) (*(const volatile typeof(x) *)model_load(&(x), sizeof(x)))
#define WRITE_ONCE(x, v)                              \
	do {                                          \
		typeof(x) __w = (v);                  \
		model_store(&(x), &__w, sizeof(__w)); \
	} while (0)

/* An intended data race: any value may be read, and any value may be left in memory. */
#define data_race(expr)                            \
	({                                         \
		if (CONFIG_MODEL_RACES)            \
			model_ignore_races(true);  \
		typeof(expr) __racy = (expr);      \
		if (CONFIG_MODEL_RACES)            \
			model_ignore_races(false); \
		__racy;                            \
	})

#endif
