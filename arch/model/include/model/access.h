/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_ACCESS_H
#define MODEL_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <kernel/config.h>

/*
 * Accesses of the kernel under exploration. Each may be a step of the search: it returns
 * once the search has scheduled it, and no other CPU runs until this CPU's next step.
 *
 * An access is no step if only one CPU ever touches the word, or if it is never written. These
 * words are found while exploring. When a word proves to be shared, the search begins again
 * (arch/model/shared.c).
 */

/* Where to read the value from: memory, or this CPU's own store buffer. */
const void *model_load(const volatile void *p, size_t size);

/* Into the store buffer; with store buffers off, into memory. */
void model_store(volatile void *p, const void *value, size_t size);

/*
 * The same, ordered against plain accesses: for the race detector only, since on x86 every
 * load is an acquire and every store a release.
 */
const void *model_load_acquire(const volatile void *p, size_t size);
void model_store_release(volatile void *p, const void *value, size_t size);
void model_acquire_fence(void);
void model_release_fence(void);
void model_ignore_races(bool ignore);

#define model_rmb()                                    \
	do {                                           \
		__asm__ __volatile__("" ::: "memory"); \
		if (CONFIG_MODEL_RACES)                \
			model_acquire_fence();         \
	} while (0)
#define model_wmb()                                    \
	do {                                           \
		__asm__ __volatile__("" ::: "memory"); \
		if (CONFIG_MODEL_RACES)                \
			model_release_fence();         \
	} while (0)

/* A locked operation: waits for the store buffer to drain. Returns @p. */
void *__model_rmw(volatile void *p, size_t size);
#define model_rmw(p) ((typeof(p))__model_rmw((p), sizeof(*(p))))

/* MFENCE, or any other instruction that waits for the store buffer. */
void model_fence(void);

#endif
