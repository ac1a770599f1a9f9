/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames: binary buddies under one lock.
 *
 * One lock and no per-CPU lists on purpose: the product is the page-table code, and an
 * allocator whose state is simple to state is one that an oracle can shadow.
 */
#include <kernel/busted.h>
#include <kernel/job.h>
#include <kernel/kasan.h>
#include <kernel/memblock.h>
#include <kernel/rand.h>
#include <kernel/string.h>
#include <mm/page_alloc.h>

struct page *mem_map __read_mostly;
unsigned long max_pfn __read_mostly;

DEFINE_BUSTED(page_touch_after_free, "a page is cleared after it was freed");
DEFINE_BUSTED(page_shift_too_far, "the size of a block is 1 << (order + 64)");
DEFINE_BUSTED(page_no_release, "a block is published by a plain WRITE_ONCE() of its count");

static DEFINE_SPINLOCK(zone_lock, RANK_ZONE);
static struct list_head free_area[MAX_PAGE_ORDER + 1];
static unsigned long free_pages_count;

static u32 fail_interval;
static u32 fail_nth;
static u64 fail_count;
static struct rand fail_rand;

/*
 * ->type and ->tail are read by lock-free walkers that have found the page in an
 * entry that is being cleared (compound_head()); the page may have another owner by then. So
 * they are marked accesses, whatever lock is held.
 */
static void mark_block(struct page *page, unsigned int order, enum page_type type)
{
	page->order = (u8)order;
	for (unsigned long i = 1; i < 1UL << order; i++) {
		WRITE_ONCE(page[i].tail, (u16)i);
		smp_store_release(&page[i].type, PAGE_TAIL); /* pairs with compound_head() */
	}
	WRITE_ONCE(page->type, type);
}

static void free_one_block(unsigned long pfn, unsigned int order)
{
	lockdep_assert_held(&zone_lock);
	kasan_poison_pages(pfn, order);
	free_pages_count += 1UL << order;
	while (order < MAX_PAGE_ORDER) {
		unsigned long buddy = pfn ^ (1UL << order);
		struct page *b = pfn_to_page(buddy);

		if (!pfn_valid(buddy) || READ_ONCE(b->type) != PAGE_BUDDY || b->order != order)
			break;
		list_del(&b->lru);
		WRITE_ONCE(b->type, PAGE_KERNEL);
		pfn &= ~(1UL << order);
		order++;
	}
	WRITE_ONCE(pfn_to_page(pfn)->type, PAGE_BUDDY);
	pfn_to_page(pfn)->order = (u8)order;
	list_add(&pfn_to_page(pfn)->lru, &free_area[order]);
}

static struct page *take_block(unsigned int order)
{
	unsigned int o = order;
	struct page *page;

	lockdep_assert_held(&zone_lock);
	while (o <= MAX_PAGE_ORDER && list_empty(&free_area[o]))
		o++;
	if (o > MAX_PAGE_ORDER)
		return NULL;
	page = list_first_entry(&free_area[o], struct page, lru);
	list_del(&page->lru);
	WRITE_ONCE(page->type, PAGE_KERNEL); /* no longer a buddy to merge with */
	free_pages_count -= 1UL << order;
	while (o > order) {
		struct page *upper;

		o--;
		upper = page + (1UL << o);
		WRITE_ONCE(upper->type, PAGE_BUDDY);
		upper->order = (u8)o;
		list_add(&upper->lru, &free_area[o]);
	}
	kasan_unpoison_pages(page_to_pfn(page), order);
	return page;
}

/* Under zone_lock, so that the draws have one order: same seed, same failures. */
static bool should_fail_alloc(gfp_t gfp)
{
	bool fails;

	lockdep_assert_held(&zone_lock);
	if (gfp == GFP_NOFAIL)
		return false;
	fails = fail_nth && !--fail_nth;
	fails |= fail_interval && !rand_below(&fail_rand, fail_interval);
	fail_count += fails;
	return fails;
}

static struct page *take_from_zone(gfp_t gfp, unsigned int order)
{
	struct page *page = NULL;
	unsigned long flags;

	spin_lock_irqsave(&zone_lock, flags);
	if (!should_fail_alloc(gfp))
		page = take_block(order);
	spin_unlock_irqrestore(&zone_lock, flags);
	return page;
}

/* The model may give each CPU blocks of its own: see arch/model/pages.c. */
__weak struct page *page_take_own(unsigned int order)
{
	return NULL;
}

__weak bool page_give_own(struct page *page, unsigned int order)
{
	return false;
}

struct page *alloc_pages(gfp_t gfp, unsigned int order, enum page_type type)
{
	struct page *page;

	BUG_ON(order > MAX_PAGE_ORDER);
	page = CONFIG_HOOKS ? page_take_own(order) : NULL;
	if (!page)
		page = take_from_zone(gfp, order);
	if (!page) {
		if (gfp == GFP_NOFAIL)
			fatal("out of memory: no block of %u KiB left; give it more memory (run.sh: MEM=)",
			      4U << order);
		return NULL;
	}
	VM_BUG_ON(page_ref_count(page));
	page->gen++;
	page->mapping = NULL;
	page->index = 0;
	page->flags = 0;
	atomic_set(&page->_mapcount, 0);
	atomic_set(&page->_pincount, 0);
	mark_block(page, order, type);
	observe(PAGE_ALLOC, page_to_pfn(page), order, type);
	/*
	 * Only now can a lock-free walker with a stale entry take a reference; what it then
	 * reads of the block is new. Pairs with the atomic in try_grab_folio_fast().
	 */
	if (busted(page_no_release))
		atomic_set(&page->_refcount, 1);
	else
		atomic_set_release(&page->_refcount, 1);
	return page;
}

void free_frozen_page(struct page *page)
{
	unsigned int order = page->order;
	enum page_type type = READ_ONCE(page->type);
	unsigned long flags;

	sync_point(SITE_FREE, SYNC_WRITE, page);
	VM_BUG_ON(page_ref_count(page) || type == PAGE_TAIL || type == PAGE_BUDDY);
	VM_BUG_ON(atomic_read(&page->_mapcount));
	observe(PAGE_FREE, page_to_pfn(page), order, type);
	for (unsigned long i = 0; i < 1UL << (busted(page_shift_too_far) ? order + 64 : order); i++)
		WRITE_ONCE(page[i].type, PAGE_KERNEL);
	if (CONFIG_HOOKS && page_give_own(page, order))
		return;
	spin_lock_irqsave(&zone_lock, flags);
	free_one_block(page_to_pfn(page), order);
	spin_unlock_irqrestore(&zone_lock, flags);
	if (busted(page_touch_after_free))
		memset(page_address(page), 0, PAGE_SIZE);
}

void *get_zeroed_page(gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, 0, PAGE_KERNEL);

	return page ? memset(page_address(page), 0, PAGE_SIZE) : NULL;
}

void free_page(void *va)
{
	put_page(virt_to_page(va));
}

unsigned long nr_free_pages(void)
{
	return READ_ONCE(free_pages_count);
}

u32 fail_page_alloc_set(u32 interval)
{
	unsigned long flags;
	u32 old;

	spin_lock_irqsave(&zone_lock, flags);
	old = fail_interval;
	fail_interval = interval;
	rand_init(&fail_rand, 0xa110c);
	spin_unlock_irqrestore(&zone_lock, flags);
	return old;
}

u32 fail_page_alloc_nth(u32 n)
{
	unsigned long flags;
	u32 old;

	spin_lock_irqsave(&zone_lock, flags);
	old = fail_nth;
	fail_nth = n;
	spin_unlock_irqrestore(&zone_lock, flags);
	return old;
}

u64 fail_page_alloc_count(void)
{
	return READ_ONCE(fail_count);
}

static void free_range(phys_addr_t base, phys_addr_t size)
{
	unsigned long pfn = PFN_UP(base), end = PFN_DOWN(base + size), flags;

	/* Frame 0 is never given out: a pfn of 0 in an entry must stay suspicious. */
	if (!pfn)
		pfn = 1;
	spin_lock_irqsave(&zone_lock, flags);
	while (pfn < end) {
		unsigned int order = MAX_PAGE_ORDER;

		while (!IS_ALIGNED(pfn, 1UL << order) || pfn + (1UL << order) > end)
			order--;
		free_one_block(pfn, order);
		pfn += 1UL << order;
	}
	spin_unlock_irqrestore(&zone_lock, flags);
}

static void page_alloc_init(void)
{
	BUILD_BUG_ON(PAGE_RESERVED != 0); /* mem_map is born zeroed */
	max_pfn = PFN_DOWN(memblock_end());
	mem_map = memblock_alloc_or_die(max_pfn * sizeof(struct page), PAGE_SIZE, "frame array");
	for (unsigned int o = 0; o <= MAX_PAGE_ORDER; o++)
		INIT_LIST_HEAD(&free_area[o]);
	memblock_for_each_free(free_range);
}
INITCALL(0, page_alloc_init);
