/* SPDX-License-Identifier: GPL-2.0 */
/* GUP-fast. The contract, and why it is enough, stands in <mm/gup.h>. */
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <mm/busted.h>
#include <mm/gup.h>
#include <mm/mm.h>
#include <mm/pt_walk.h>

DEFINE_BUSTED(gup_no_pmd_recheck, "GUP-fast does not look at the PMD again after the grab");
DEFINE_BUSTED(gup_no_pte_recheck, "GUP-fast does not look at the PTE again after the grab");
DEFINE_BUSTED(gup_keeps_pin, "a put of a pinned huge page leaves its pin count");
DEFINE_BUSTED(gup_leaf_invalid, "GUP-fast takes a huge page by an entry without Present");
DEFINE_BUSTED(gup_plain_pmd, "GUP-fast reads the PMD by a plain load");

/* A walk in progress: what it wants and what it has. */
struct gup_walk {
	unsigned int flags;
	unsigned int nr;
	struct page **pages;
};

static int refs_per_page(const struct page *head, unsigned int flags)
{
	return flags & FOLL_PIN && !head->order ? GUP_PIN_COUNTING_BIAS : 1;
}

/* @refs references to the block of @page unless its count is 0: free, or being freed. */
static struct page *__hot try_grab_folio_fast(struct page *page, int refs, unsigned int flags)
{
	struct page *head = compound_head(page);

	/* Pairs with the release in alloc_pages(). */
	if (!shared_rmw(SITE_REF, &head->_refcount, atomic_add_unless(PTR, refs, 0)))
		return NULL;
	/* Between the look at the head and the count it may have become another block's. */
	if (unlikely(compound_head(page) != head)) {
		put_page_refs(head, refs);
		return NULL;
	}
	/* What a pin counts for depends on the order, and that holds still only now. */
	if (flags & FOLL_PIN && head->order)
		atomic_add(refs, &head->_pincount);
	else if (flags & FOLL_PIN)
		atomic_add(refs * (GUP_PIN_COUNTING_BIAS - 1), &head->_refcount);
	smp_mb__after_atomic(); /* grab before re-check; pairs with collapse_isolate() */
	observe(GRAB, page_to_pfn(page), page_ref_count(head), 0);
	return head;
}

static void __hot gup_put_folio(struct page *head, int refs, unsigned int flags)
{
	int count = refs * refs_per_page(head, flags);

	if (flags & FOLL_PIN && head->order && !busted(gup_keeps_pin))
		atomic_sub(refs, &head->_pincount);
	put_page_refs(head, count);
}

static void record(struct gup_walk *w, struct page *page, unsigned long addr)
{
	observe(PIN, current->mm->context.ctx_id, page_to_pfn(page), addr);
	w->pages[w->nr++] = page;
}

/* The table is reached by its entry, an address dependency: pairs with pmd_populate(). */
static bool gup_fast_pte_range(struct gup_walk *w, pmd_t pmd, pmd_t *pmdp, unsigned long addr,
			       unsigned long end)
{
	for (pte_t *ptep = pte_offset_lockless(pmd, addr); addr < end; addr += PAGE_SIZE, ptep++) {
		pte_t pte = ptep_get_lockless(ptep);
		struct page *page, *head;

		if (!pte_access_permitted(pte, w->flags & FOLL_WRITE))
			return false;
		/* Not RAM: garbage from a table that is none any more. The oracles have seen it. */
		if (!pfn_valid(pte_pfn(pte)))
			return false;
		page = pfn_to_page(pte_pfn(pte));
		head = try_grab_folio_fast(page, 1, w->flags);
		if (!head)
			return false;
		if ((!busted(gup_no_pmd_recheck) && !pmd_same(pmd, pmdp_get_lockless(pmdp))) ||
		    (!busted(gup_no_pte_recheck) && !pte_same(pte, ptep_get_lockless(ptep)))) {
			observe(UNGRAB, page_to_pfn(page), page_ref_count(head), 0);
			gup_put_folio(head, 1, w->flags);
			return false;
		}
		record(w, page, addr);
	}
	return true;
}

/*
 * A huge page: one grab for all its pages that are wanted, one re-check, of this entry only.
 * The page is reached by its entry, an address dependency: pairs with collapse_locked().
 */
static bool gup_fast_pmd_leaf(struct gup_walk *w, pmd_t pmd, pmd_t *pmdp, unsigned long addr,
			      unsigned long end)
{
	int refs = (int)((end - addr) >> PAGE_SHIFT);
	struct page *page, *head;

	/* Also refuses the entry of a huge page that is being split. */
	if (!pmd_access_permitted(pmd, w->flags & FOLL_WRITE) && !busted(gup_leaf_invalid))
		return false;
	if (!pfn_valid(pmd_pfn(pmd)))
		return false;
	page = pfn_to_page(pmd_pfn(pmd)) + pte_index(addr);
	head = try_grab_folio_fast(page, refs, w->flags);
	if (!head)
		return false;
	if (!busted(gup_no_pmd_recheck) && !pmd_same(pmd, pmdp_get_lockless(pmdp))) {
		observe(UNGRAB, page_to_pfn(page), page_ref_count(head), 0);
		gup_put_folio(head, refs, w->flags);
		return false;
	}
	for (; addr < end; addr += PAGE_SIZE, page++)
		record(w, page, addr);
	return true;
}

/* As above: pairs with pud_populate(). */
static bool gup_fast_pmd_range(struct gup_walk *w, pud_t pud, unsigned long addr, unsigned long end)
{
	pmd_t *pmdp = pmd_offset_lockless(pud, addr);

	for (unsigned long next; addr < end; addr = next, pmdp++) {
		pmd_t pmd = busted(gup_plain_pmd) ? *pmdp : pmdp_get_lockless(pmdp);

		next = pmd_addr_end(addr, end);
		if (!pmd_present(pmd))
			return false;
		if (pmd_leaf(pmd) ? !gup_fast_pmd_leaf(w, pmd, pmdp, addr, next)
				  : !gup_fast_pte_range(w, pmd, pmdp, addr, next))
			return false;
	}
	return true;
}

/* As above: pairs with mm_alloc_pud(). */
static bool gup_fast_pud_range(struct gup_walk *w, pgd_t pgd, unsigned long addr, unsigned long end)
{
	pud_t *pudp = pud_offset_lockless(pgd, addr);

	for (unsigned long next; addr < end; addr = next, pudp++) {
		pud_t pud = pudp_get(pudp);

		next = pud_addr_end(addr, end);
		if (!pud_present(pud) || !gup_fast_pmd_range(w, pud, addr, next))
			return false;
	}
	return true;
}

static void __hot gup_fast_pgd_range(struct gup_walk *w, struct mm_struct *mm, unsigned long addr,
				     unsigned long end)
{
	pgd_t *pgdp = pgd_offset(mm, addr);

	for (unsigned long next; addr < end; addr = next, pgdp++) {
		pgd_t pgd = pgdp_get(pgdp);

		next = pgd_addr_end(addr, end);
		if (pgd_none(pgd) || !gup_fast_pud_range(w, pgd, addr, next))
			return;
	}
}

unsigned int __hot gup_fast_only(unsigned long start, unsigned int nr, unsigned int flags,
				 struct page **pages)
{
	struct gup_walk w = {.flags = flags, .pages = pages};
	struct mm_struct *mm = current->mm;
	unsigned long end = start + nr * PAGE_SIZE;
	struct pt_walk_state s;

	VM_BUG_ON(!(flags & (FOLL_GET | FOLL_PIN)) || !IS_ALIGNED(start, PAGE_SIZE));
	if (!mm || end <= start || end > TASK_SIZE)
		return 0;
	s = pt_walk_lockless_start(mm, start, nr);
	gup_fast_pgd_range(&w, mm, start, end);
	pt_walk_lockless_end(mm, s, w.nr);
	return w.nr;
}

int gup_fast_or_fault(unsigned long start, unsigned int nr, unsigned int flags, struct page **pages)
{
	for (int tries = 0; tries < 8; tries++) {
		unsigned int got = gup_fast_only(start, nr, flags, pages);
		int ret;

		if (got)
			return (int)got;
		ret = fault_in(current->mm, start, flags & FOLL_WRITE);
		if (ret)
			return ret;
	}
	return -EAGAIN; /* the mapping was changed again before each walk */
}

void __hot gup_put_pages(struct page **pages, unsigned int nr, unsigned int flags)
{
	for (unsigned int i = 0; i < nr; i++)
		gup_put_folio(compound_head(pages[i]), 1, flags);
}
