/* SPDX-License-Identifier: GPL-2.0 */
/*
 * contents: a page contains what its owner wrote, wherever a collapse, a split or a fault has
 * taken it. Shadow: which pages of a region were written (region->known).
 */
#include <kernel/errno.h>
#include <asm/bitops.h>
#include <mm/gup.h>
#include <mm/page_alloc.h>
#include <tests/canary.h>
#include <tests/contents.h>
#include <tests/torture.h>

static const struct oracle contents_oracle;

static u64 *word_of(struct page *page)
{
	return page_address(page) + PAGE_SIZE - sizeof(u64);
}

static unsigned long addr_of(const struct region *r, unsigned int i)
{
	return r->start + i * r->stride;
}

static u64 want(const struct region *r, unsigned int i)
{
	return canary_tag(r->tag_id, ~(u64)i);
}

void contents_store(struct region *r, unsigned int i)
{
	struct page *page;

	kthread_use_mm(r->tmm->mm);
	if (gup_fast_or_fault(addr_of(r, i), 1, FOLL_PIN | FOLL_WRITE, &page) == 1) {
		*word_of(page) = want(r, i);
		gup_put_pages(&page, 1, FOLL_PIN | FOLL_WRITE);
		contents_expect(r, i);
	}
	kthread_unuse_mm(r->tmm->mm);
}

void contents_expect(struct region *r, unsigned int i)
{
	set_bit(i, r->known);
}

static void check(struct region *r, unsigned int i)
{
	struct page *page;
	int got = gup_fast_or_fault(addr_of(r, i), 1, FOLL_GET, &page);
	u64 val = 0;

	if (got == -ENOMEM || got == -EAGAIN)
		return;
	if (got == 1) {
		val = *word_of(page);
		gup_put_pages(&page, 1, FOLL_GET);
	}
	if (val != want(r, i))
		oracle_fail(&contents_oracle, r->op, NO_CPU, 0, ABOUT_NOTHING,
			    "page %#lx of mm%llu contains %#llx, %#llx was stored", addr_of(r, i),
			    (unsigned long long)r->tmm->mm->context.ctx_id, (unsigned long long)val,
			    (unsigned long long)want(r, i));
}

void contents_check(struct region *r)
{
	kthread_use_mm(r->tmm->mm);
	for (unsigned int i = 0; i < r->nr; i++)
		if (test_bit(i, r->known))
			check(r, i);
	kthread_unuse_mm(r->tmm->mm);
}

void contents_drop(struct region *r)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(r->known); i++)
		r->known[i] = 0;
}

void contents_judge(void)
{
	for (unsigned int i = 0; i < world_nr_mms(); i++)
		for (unsigned int n = 0; n < world_mm(i)->nr_regions; n++)
			contents_check(&world_mm(i)->regions[n]);
}

static const struct oracle contents_oracle = {
	.name = "contents",
	.help = "a page contains what its owner stored in it",
};
ORACLE(contents_oracle);
