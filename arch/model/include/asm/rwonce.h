/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_RWONCE_H
#define ASM_RWONCE_H

#include <model/access.h>

/*
 * Marked accesses. On the model each is a step of the search, if the word is one that
 * several CPUs touch: a load reads memory or this CPU's store buffer, a store enters it.
 */
#define READ_ONCE(x) (*(const typeof(x) *)model_load(&(x), sizeof(x)))
#define WRITE_ONCE(x, v)                              \
	do {                                          \
		typeof(x) __w = (v);                  \
		model_store(&(x), &__w, sizeof(__w)); \
	} while (0)

#endif
