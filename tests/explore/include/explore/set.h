/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_SET_H
#define EXPLORE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A set of 64-bit numbers in memory that workers share with their parent. Lock-free;
 * what is in it at the end does not depend on the order of the additions.
 */
struct xp_set;

/** xp_set_new - room for @capacity numbers; dies without memory */
struct xp_set *xp_set_new(size_t capacity);
void xp_set_free(struct xp_set *s);
void xp_set_clear(struct xp_set *s);
/** xp_set_add - Return: true if it was not in the set yet. Dies when the set is full. */
bool xp_set_add(struct xp_set *s, uint64_t v);
bool xp_set_has(const struct xp_set *s, uint64_t v);
size_t xp_set_size(const struct xp_set *s);
bool xp_set_equal(const struct xp_set *a, const struct xp_set *b);
/** xp_set_list - copy at most @max, ascending; Return: how many there are */
size_t xp_set_list(const struct xp_set *s, uint64_t *to, size_t max);

#endif
