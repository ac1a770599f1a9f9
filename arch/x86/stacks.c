/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stacks, each at the upper end of a slot of its own, above pages that are never
 * mapped. An overflow is a page fault that cannot push its frame, and so a double fault, whose
 * handler runs on an IST stack and reports the overflow. The pool is sized and mapped once, because a mapping made later
 * would have to be made while other CPUs walk these tables. 16 KiB stacks lie on 16 KiB
 * boundaries.
 */
#include "early.h"
#include <kernel/bug.h>
#include <kernel/compiler.h>
#include <kernel/cpumask.h>
#include <kernel/memblock.h>
#include <asm/atomic.h>
#include <asm/page.h>
#include <asm/setup.h>

#define SLOT_SIZE      (2 * THREAD_SIZE)
#define STACKS_PER_CPU 6 /* idle, RCU and what a test runs there */
#define STACKS_EXTRA   32 /* main, and what runs once */
#define IST_SIZE       8192 /* printk() from NMI: a line's buffer, symbols, a frame walk */

static unsigned int nr_slots; /* slots in use, boot CPU only */
static unsigned long pool; /* first thread stack's slot */
static int pool_size;
static atomic_t pool_next;

BUILD_BUG_ON(IST_SIZE > THREAD_SIZE);

static unsigned long stack_map(size_t size, const char *what)
{
	unsigned long top = VMALLOC_START + (unsigned long)++nr_slots * SLOT_SIZE;

	kmap_stack(top - size, __pa(memblock_alloc_or_die(size, PAGE_SIZE, what)), size);
	return top;
}

void stacks_init(void)
{
	pool_size = (int)(STACKS_PER_CPU * nr_cpu_ids + STACKS_EXTRA);
	pool = VMALLOC_START + (unsigned long)nr_slots * SLOT_SIZE;
	for (int i = 0; i < pool_size; i++)
		stack_map(THREAD_SIZE, "thread stacks");
}

void *stacks_alloc_ist(void)
{
	return (void *)stack_map(IST_SIZE, "exception stacks");
}

void *arch_alloc_stack(void)
{
	int i = atomic_fetch_add(1, &pool_next);

	if (i >= pool_size) {
		atomic_dec(&pool_next);
		return NULL;
	}
	return (void *)(pool + (unsigned long)i * SLOT_SIZE + SLOT_SIZE - THREAD_SIZE);
}
