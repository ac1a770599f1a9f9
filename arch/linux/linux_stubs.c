/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of Linux's that replace the real ones by their contract. What is neither
 * compiled nor here gets a stub that ends the search with status 2 and its name.
 */
#include "linux.h"
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/swap.h>
#include <asm/tlbflush.h>

bool call_function_single_prep_ipi(int cpu)
{
	STUB();
	return true;
}

/* smpcfd_prepare_cpu() is the only one that asks, for each CPU that has functions called. */
static DEFINE_PER_CPU(call_single_data_t[NCPU], csds);
static unsigned int nr_csds;
#if BEFORE_6_12
void *__alloc_percpu(size_t size, size_t align)
#else
void *pcpu_alloc_noprof(size_t size, size_t align, bool reserved, gfp_t gfp)
#endif
{
	STUB();
	if (nr_csds == NCPU)
		model_no_stub("pcpu_alloc_noprof: more than one for each CPU");
	return &csds[nr_csds++];
}

unsigned long cr4_read_shadow(void)
{
	STUB();
	return X86_CR4_PCIDE;
}

/* CR4.PCE, by which user space reads performance counters. */
void cr4_update_irqsoff(unsigned long set, unsigned long clear)
{
	STUB();
}

void mod_node_page_state(struct pglist_data *p, enum node_stat_item i, long delta)
{
	STUB();
}

#if BEFORE_7
void __mod_node_page_state(struct pglist_data *p, enum node_stat_item i, long delta)
{
	STUB();
}

int __cond_resched(void)
{
	STUB();
	return 0;
}

#undef __mutex_init
void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key)
{
	STUB();
}
#else
void mutex_init_generic(struct mutex *lock)
{
	STUB();
}
#endif

/* The last reference is gone. The next owner, which the allocator finds at once, has one. */
void linux_free_page(struct page *page)
{
	WRITE_ONCE(page->mapping, NULL);
	if (page != linux_huge) /* which has no memory */
		model_free(page_address(page));
	set_page_count(page, 1);
}

/* Pages of a gather, after its flush. */
void release_pages(release_pages_arg arg, int nr)
{
	STUB();
	for (int i = 0; i < nr; i++)
		if (put_page_testzero(linux_page_of(arg, i)))
			linux_free_page(linux_page_of(arg, i));
}

/* What is printed before a BUG(), which is the verdict. */
void dump_page(linux_dumped *page, const char *reason)
{
	STUB();
}

void lru_add_drain(void)
{
	STUB();
}

void folio_mark_accessed(struct folio *folio)
{
	STUB();
}

void __free_pages(struct page *page, unsigned int order)
{
	STUB();
	model_free(page_address(page));
}

void free_pages(unsigned long addr, unsigned int order)
{
	STUB();
	model_free((void *)addr);
}

static void called(void *times)
{
	++*(unsigned int *)times;
}

static void call_on(unsigned int cpu, unsigned int *times, bool wait)
{
	struct cpumask mask = CPU_MASK_NONE;

	cpumask_set_cpu(cpu, &mask);
	on_each_cpu_mask(&mask, called, times, wait);
}

unsigned int linux_call_on(unsigned int cpu)
{
	unsigned int times = 0;

	call_on(cpu, &times, true);
	return times;
}

static unsigned int async[2];

void linux_call_async(unsigned int cpu, unsigned int nth)
{
	call_on(cpu, &async[nth], false);
}

unsigned int linux_called_async(unsigned int nth)
{
	return async[nth];
}

/* Callbacks wait until linux_grace_period(), which may run on another CPU meanwhile. */
static struct rcu_head *queued;

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	STUB();
	head->func = func;
	do
		head->next = (struct callback_head *)READ_ONCE(queued);
	while (cmpxchg(&queued, (struct rcu_head *)head->next, head) !=
	       (struct rcu_head *)head->next);
}

static void nothing(void *unused)
{
}

/*
 * For what was queued before. Every CPU is interrupted, so each walk with IRQs off that had begun is
 * over: all that the walkers here ask of RCU.
 */
void linux_grace_period(void)
{
	struct rcu_head *head = xchg(&queued, NULL);

	smp_call_function(nothing, NULL, true);
	while (head) {
		struct rcu_head *next = (struct rcu_head *)head->next;

		head->func(head);
		head = next;
	}
}

/* The batch of a gather. */
static bool no_memory;

void linux_no_memory(void)
{
	no_memory = true;
}

#if BEFORE_6_12
#define get_free_pages_noprof __get_free_pages
#endif
unsigned long get_free_pages_noprof(gfp_t gfp, unsigned int order)
{
	STUB();
	return no_memory ? 0 : (unsigned long)linux_frame();
}
