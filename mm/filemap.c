/* SPDX-License-Identifier: GPL-2.0 */
/* Files, as far as page tables care: an index to pages, and the VMAs that map them. */
#include <kernel/string.h>
#include <mm/mm.h>

struct address_space *mapping_alloc(unsigned long nrpages, unsigned int page_shift)
{
	struct address_space *m;

	BUILD_BUG_ON(sizeof(*m) > PAGE_SIZE);
	if (nrpages * sizeof(struct page *) > PAGE_SIZE << MAX_PAGE_ORDER)
		return NULL;
	m = get_zeroed_page(GFP_KERNEL);
	if (!m)
		return NULL;
	init_rwsem_rank(&m->i_mmap_rwsem, "i_mmap_rwsem", RANK_I_MMAP);
	init_rwsem_rank(&m->invalidate_lock, "invalidate_lock", RANK_VMA);
	spin_lock_init_rank(&m->pages_lock, "pages_lock", RANK_MM);
	INIT_LIST_HEAD(&m->i_mmap);
	m->nrpages = nrpages;
	m->page_shift = page_shift;
	for (unsigned int order = 0; order <= MAX_PAGE_ORDER; order++) {
		struct page *p;

		if (PAGE_SIZE << order < nrpages * sizeof(struct page *))
			continue;
		p = alloc_pages(GFP_KERNEL, order, PAGE_KERNEL);
		if (!p)
			break;
		m->pages = memset(page_address(p), 0, PAGE_SIZE << order);
		return m;
	}
	free_page(m);
	return NULL;
}

void mapping_free(struct address_space *m)
{
	VM_BUG_ON(!list_empty(&m->i_mmap));
	for (unsigned long i = 0; i < m->nrpages; i++)
		if (m->pages[i])
			put_page(m->pages[i]);
	free_page(m->pages);
	free_page(m);
}

struct page *mapping_get_page(struct address_space *m, unsigned long index)
{
	unsigned int order = m->page_shift - PAGE_SHIFT;
	struct page *page, *new;

	if (index >= m->nrpages)
		return NULL;
	/* An address dependency; pairs with mapping_get_page() on the CPU that adds the page. */
	page = READ_ONCE(m->pages[index]);
	if (!page) {
		new = alloc_pages(GFP_KERNEL, order, order ? PAGE_HUGETLB : PAGE_FILE);
		if (!new)
			return NULL;
		memset(page_address(new), 0, PAGE_SIZE << order);
		new->mapping = m;
		new->index = index;
		spin_lock(&m->pages_lock);
		page = m->pages[index];
		if (!page) {
			smp_wmb(); /* contents before pointer; pairs with mapping_get_page() */
			WRITE_ONCE(m->pages[index], new);
			page = new;
			new = NULL;
		}
		spin_unlock(&m->pages_lock);
		if (new)
			put_page(new);
	}
	get_page(page);
	return page;
}
