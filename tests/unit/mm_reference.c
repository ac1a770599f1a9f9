/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address space against a reference: what each page has after each operation, and what the
 * operation returns. One thread, so that only what the operations mean is in question, not their order.
 *
 * The window is four PMDs, two on each side of a PUD boundary. Ranges begin and end on, next to and
 * far from the borders of PMDs.
 */
#include <kernel/cpumask.h>
#include <kernel/errno.h>
#include <kernel/kasan.h>
#include <kernel/ktest.h>
#include <kernel/rand.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/string.h>
#include <asm/uaccess.h>
#include <mm/gup.h>
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <mm/mremap.h>
#include <mm/rmap.h>
#include <mm/vma.h>
#include <mm/writeback.h>

#include <tests/reference.h>

static bool file_dirty[REF_FILE];
static struct rand rnd;
static u64 last_value;

/* Ranges */

struct range {
	unsigned int a, b; /* [a, b) */
};

static unsigned int some_page(void)
{
	unsigned int p = rand_below(&rnd, REF_PMDS + 1) * (unsigned int)HPAGE_PMD_NR;

	p += rand_below(&rnd, 4) ? 0 : rand_below(&rnd, (u32)HPAGE_PMD_NR);
	p += rand_below(&rnd, 3);
	return p > 1 ? min(p - 1, REF_NR) : 0;
}

static struct range some_range(void)
{
	unsigned int x = some_page(), y = some_page();

	if (rand_below(&rnd, 2)) {
		x &= ~((unsigned int)HPAGE_PMD_NR - 1);
		y &= ~((unsigned int)HPAGE_PMD_NR - 1);
	}
	if (x == y)
		return x < REF_NR ? (struct range){x, x + 1} : (struct range){x - 1, x};
	return (struct range){min(x, y), max(x, y)};
}

/* One VMA has all of it. */
static bool one_vma(struct range r, enum ref_kind kind)
{
	for (unsigned int p = r.a; p < r.b; p++)
		if (ref_want[p].kind != kind || (p > r.a && ref_want[p].first))
			return false;
	return true;
}

static void border(unsigned int p)
{
	ref_want[p].first = ref_want[p].kind != REF_NOTHING;
}

/* Without memory an operation changes nothing that can be seen; then it is tried again, with memory. */
#define TRY(t, op)                                                \
	({                                                        \
		int __ret = (op);                                 \
                                                                  \
		if (__ret == -ENOMEM) {                           \
			u32 __every = fail_page_alloc_set(0);     \
                                                                  \
			KEXPECT_EQ(t, ref_first_wrong(), REF_NR); \
			__ret = (op);                             \
			fail_page_alloc_set(__every);             \
		}                                                 \
		__ret;                                            \
	})

/* Operations, each with what it should return */

static void try_mmap(struct ktest *t, struct range r, enum ref_kind kind)
{
	unsigned int pgoff = rand_below(&rnd, rand_below(&rnd, 4) ? 2 : REF_FILE);
	bool write = rand_below(&rnd, 4), room = true;

	if (kind == REF_FILE_PAGE)
		r.b = min(r.b, r.a + REF_FILE - pgoff);
	for (unsigned int p = r.a; p < r.b; p++)
		room &= ref_want[p].kind == REF_NOTHING;
	KEXPECT_EQ(t,
		   TRY(t, mm_mmap(ref_mm, ref_addr(r.a), (r.b - r.a) * PAGE_SIZE,
				  write ? VM_WRITE : 0, kind == REF_FILE_PAGE ? ref_file : NULL,
				  kind == REF_FILE_PAGE ? pgoff : 0)),
		   room ? 0 : -EEXIST);
	for (unsigned int p = r.a; room && p < r.b; p++) {
		ref_want[p].kind = kind;
		ref_want[p].write = write;
		ref_want[p].first = p == r.a;
		ref_want[p].index = pgoff + p - r.a;
		ref_want[p].value = 0;
	}
}

static void try_munmap(struct ktest *t, struct range r)
{
	KEXPECT_EQ(t, TRY(t, mm_munmap(ref_mm, ref_addr(r.a), (r.b - r.a) * PAGE_SIZE)), 0);
	border(r.b);
	for (unsigned int p = r.a; p < r.b; p++)
		ref_want[p].kind = REF_NOTHING;
}

static void try_mprotect(struct ktest *t, struct range r)
{
	bool write = rand_below(&rnd, 2);

	KEXPECT_EQ(t, TRY(t, mm_mprotect(ref_mm, ref_addr(r.a), (r.b - r.a) * PAGE_SIZE, write)),
		   0);
	border(r.a);
	border(r.b);
	for (unsigned int p = r.a; p < r.b; p++)
		ref_want[p].write = write;
}

static void try_dontneed(struct ktest *t, struct range r)
{
	bool good = one_vma(r, REF_ANON);

	KEXPECT_EQ(t, mm_madvise_dontneed(ref_mm, ref_addr(r.a), (r.b - r.a) * PAGE_SIZE),
		   good ? 0 : -EINVAL);
	for (unsigned int p = r.a; good && p < r.b; p++)
		ref_want[p].value = 0;
}

static void try_load(struct ktest *t, unsigned int p)
{
	bool good = ref_want[p].kind != REF_NOTHING;
	struct page *page;
	u64 v;

	KEXPECT_EQ(t, TRY(t, fault_in(ref_mm, ref_addr(p), false)), good ? 0 : -EFAULT);
	KEXPECT_EQ(t, get_user_u64(&v, ref_addr(p)), good ? 0 : -EFAULT);
	if (!good)
		return;
	KEXPECT_EQ(t, v, ref_value(p));
	KEXPECT_EQ(t, gup_fast_only(ref_addr(p), 1, FOLL_GET, &page), 1);
	KEXPECT_EQ(t, *(u64 *)page_address(page), ref_value(p));
	gup_put_pages(&page, 1, FOLL_GET);
	if (ref_want[p].write)
		return;
	KEXPECT(t, put_user_u64(0, ref_addr(p)));
	KEXPECT_EQ(t, gup_fast_only(ref_addr(p), 1, FOLL_GET | FOLL_WRITE, &page), 0);
}

static void try_store(struct ktest *t, unsigned int p)
{
	bool good = ref_want[p].kind != REF_NOTHING && ref_want[p].write;
	struct page *page;

	KEXPECT_EQ(t, TRY(t, fault_in(ref_mm, ref_addr(p), true)), good ? 0 : -EFAULT);
	if (!good)
		return;
	KEXPECT_EQ(t, put_user_u64(++last_value, ref_addr(p)), 0);
	if (ref_want[p].kind == REF_FILE_PAGE) {
		ref_file_value[ref_want[p].index] = last_value;
		file_dirty[ref_want[p].index] = true;
	} else {
		ref_want[p].value = last_value;
	}
	KEXPECT_EQ(t, gup_fast_only(ref_addr(p), 1, FOLL_PIN | FOLL_WRITE, &page), 1);
	KEXPECT_EQ(t, *(u64 *)page_address(page), last_value);
	gup_put_pages(&page, 1, FOLL_PIN | FOLL_WRITE);
}

static void try_populate(struct ktest *t, unsigned int pmd)
{
	for (unsigned int p = pmd; p < pmd + HPAGE_PMD_NR; p++)
		if (ref_want[p].kind != REF_NOTHING && ref_want[p].write && !ref_huge(p))
			try_store(t, p);
}

static void try_collapse(struct ktest *t, unsigned int pmd)
{
	bool good = one_vma((struct range){pmd, pmd + (unsigned int)HPAGE_PMD_NR}, REF_ANON), write;
	int ret;

	for (unsigned int p = pmd; good && p < pmd + HPAGE_PMD_NR; p++)
		good = ref_mapped(p, &write) && !ref_huge(p);
	ret = TRY(t, collapse_huge_page(ref_mm, ref_addr(pmd)));
	if (ret != -ENOMEM)
		KEXPECT_EQ(t, ret, good ? 0 : -EINVAL);
}

/* All that a collapse needs, so that there are huge pages, some of them read-only. */
static void make_huge(struct ktest *t, unsigned int pmd)
{
	struct range r = {pmd, pmd + (unsigned int)HPAGE_PMD_NR};

	try_munmap(t, r);
	try_mmap(t, r, REF_ANON);
	try_populate(t, pmd);
	if (rand_below(&rnd, 2))
		try_mprotect(t, r);
	try_collapse(t, pmd);
}

/* In two parts, if there is no memory for all of it. */
static void move(struct ktest *t, struct range r, unsigned int to)
{
	unsigned long len = (r.b - r.a) * PAGE_SIZE, moved;
	struct vm_area_struct *vma, *new_vma;
	u32 every;

	mmap_write_lock(ref_mm);
	vma = vma_lookup(ref_mm, ref_addr(r.a));
	new_vma = vma_lookup(ref_mm, ref_addr(to));
	moved = move_page_tables(vma, ref_addr(r.a), new_vma, ref_addr(to), len);
	every = fail_page_alloc_set(0);
	if (moved < len)
		moved += move_page_tables(vma, ref_addr(r.a) + moved, new_vma, ref_addr(to) + moved,
					  len - moved);
	fail_page_alloc_set(every);
	mmap_write_unlock(ref_mm);
	KEXPECT_EQ(t, moved, len);
}

static void try_move(struct ktest *t, struct range r, unsigned int to)
{
	struct range dst = {to, to + r.b - r.a};
	bool write;

	if (dst.b > REF_NR || !one_vma(r, REF_ANON) || !one_vma(dst, REF_ANON) ||
	    ref_want[r.a].write != ref_want[to].write || (to < r.b && r.a < dst.b))
		return;
	for (unsigned int p = dst.a; p < dst.b; p++)
		if (ref_mapped(p, &write))
			return;
	move(t, r, to);
	for (unsigned int p = r.a; p < r.b; p++) {
		KEXPECT(t, !ref_mapped(p, &write));
		ref_want[to + p - r.a].value = ref_want[p].value;
		ref_want[p].value = 0;
	}
}

/* Files */

static void try_unmap_file(struct ktest *t, unsigned int index, unsigned int nr)
{
	nr = min(nr, REF_FILE - index);
	down_write(&ref_file->invalidate_lock);
	unmap_mapping_pages(ref_file, index, nr);
	up_write(&ref_file->invalidate_lock);
	for (unsigned int i = index; i < index + nr; i++)
		KEXPECT(t, !ref_file->pages[i] || !page_mapped(ref_file->pages[i]));
}

static void try_write_out(struct ktest *t, unsigned int index)
{
	struct page *page = ref_file->pages[index];

	if (!page)
		return;
	get_page(page);
	KEXPECT_EQ(t, clear_page_dirty_for_io(page), file_dirty[index]);
	file_dirty[index] = false;
	put_page(page);
}

/* The index of a page of the file that is mapped where a range begins, or any. */
static unsigned int some_index(void)
{
	unsigned int p = some_page();

	return p < REF_NR && ref_want[p].kind == REF_FILE_PAGE ? ref_want[p].index
							       : rand_below(&rnd, REF_FILE);
}

static void some_operation(struct ktest *t)
{
	struct range r = some_range();
	unsigned int pmd = r.a & ~((unsigned int)HPAGE_PMD_NR - 1);

	switch (rand_below(&rnd, 17)) {
	case 0:
		return try_mmap(t, r, REF_ANON);
	case 1 ... 2:
		return try_mmap(t, r, REF_FILE_PAGE);
	case 3:
		return try_munmap(t, r);
	case 4:
		return try_mprotect(t, r);
	case 5:
		return try_dontneed(t, r);
	case 6:
		return try_load(t, r.a);
	case 7:
		return try_load(t, r.b - 1);
	case 8:
		return try_store(t, r.a);
	case 9:
		return try_store(t, r.b - 1);
	case 10:
		return try_populate(t, pmd);
	case 11:
		return try_collapse(t, pmd);
	case 12 ... 13:
		return make_huge(t, pmd);
	case 14:
		return try_move(t, r, some_page());
	case 15:
		return try_unmap_file(t, some_index(), r.b - r.a);
	default:
		return try_write_out(t, some_index());
	}
}

/* @fail: one in so many allocations; 0: none. */
static void run(struct ktest *t, u64 seed, u32 fail)
{
	unsigned int wrong = REF_NR;

	memset(file_dirty, 0, sizeof(file_dirty));
	rnd.s = seed;
	KASSERT(t, ref_begin());
	kthread_use_mm(ref_mm);
	fail_page_alloc_set(fail);
	for (unsigned int i = 0; i < 150 && wrong == REF_NR; i++) {
		some_operation(t);
		wrong = ref_first_wrong();
	}
	fail_page_alloc_set(0);
	KEXPECT_EQ(t, wrong, REF_NR);
	kthread_unuse_mm(ref_mm);
	ref_end();
}

KTEST(reference, random_operations)
{
	unsigned int runs = CONFIG_KASAN ? 2 : 4; /* checked accesses take ten times as long */
	unsigned long before;

	rcu_barrier();
	before = nr_free_pages();
	/* Machines of other sizes try other operations. */
	for (unsigned int i = 0; i < runs; i++)
		run(t, 4 * num_online_cpus() + i, i & 1 ? 4 : 0);
	rcu_barrier();
	KEXPECT_EQ(t, nr_free_pages(), before);
}
