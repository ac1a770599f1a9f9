/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_CANARY_H
#define TESTS_CANARY_H

#include <kernel/types.h>

/*
 * Real loads and stores through the TLB, stale or not. Word 0 of each page is its tag:
 * 0 when fresh, or canary_tag() of what it belongs to. The walkers write it; a frame that
 * is freed has it overwritten.
 */
u64 canary_tag(u64 id, u64 index);
bool canary_is_freed(u64 val); /* it lies in a page that was freed, and not written to since */

/**
 * canary_load - judge one successful load of word 0
 * @op: the operation that a violation is charged to: that of the range
 * @addr: loaded from, in current->mm
 * @val: the value loaded
 * @tag: what it must be, if not 0
 * @alt: another tag that is right as well, or 0
 */
void canary_load(unsigned int op, unsigned long addr, u64 val, u64 tag, u64 alt);

/* A load succeeded though its range had been unmapped, and flushed, before it began. */
void canary_stale(unsigned int op, unsigned long addr, u64 val);

/* An earlier store is lost: @val was loaded instead of @want. */
void canary_lost_store(unsigned int op, unsigned long addr, u64 val, u64 want);

/* A store went through although the range had been made read-only, and flushed. */
void canary_stale_store(unsigned int op, unsigned long addr, u64 before, u64 after);

#endif
