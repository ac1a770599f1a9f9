/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_ACCESS_H
#define MODEL_ACCESS_H

#include <stddef.h>

/*
 * Accesses of the kernel under exploration. Each may be a step of the search: it returns
 * once the search has let this CPU take it, and until the next step nobody else moves.
 *
 * A word that only one CPU ever touches, or that nobody writes, is no step. Which words
 * those are is found out while exploring; when a word turns out to be shared after all,
 * the search begins again (arch/model/shared.c).
 */

/* Where to read the value from: memory, or this CPU's own store buffer. */
const void *model_load(const volatile void *p, size_t size);

/* Into the store buffer; with store buffers off, into memory. */
void model_store(volatile void *p, const void *value, size_t size);

/* A locked operation: waits for the store buffer to drain. Returns @p. */
void *__model_rmw(volatile void *p, size_t size);
#define model_rmw(p) ((typeof(p))__model_rmw((p), sizeof(*(p))))

/* MFENCE, or any other instruction that waits for the store buffer. */
void model_fence(void);

#endif
