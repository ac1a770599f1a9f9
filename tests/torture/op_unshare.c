/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unshare: hugetlb PMD tables shared by two or three mms, and reused by the last owner.
 *
 *	CPU0 walker in A		CPU1 A unmaps, then P
 *	pud = read PUD
 *					A: clear PUD, flush, (wait?)   P owns the table alone
 *					P: unmap 2 MiB, map its own memory there
 *	pmd = read PMD in the table	<- would find P's private PTE table
 *
 * Nothing is freed here, so RCU does not help; and no level re-checks the PUD, so the
 * walker does not notice (CVE-2025-38085). With three mms, the mm with
 * the late walker may not be the last to unshare.
 */
#include <asm/uaccess.h>
#include <mm/hugetlb.h>
#include <tests/canary.h>
#include <tests/contents.h>
#include <tests/torture.h>

#define UNSHARE_ADDR	0x4000000000UL /* 1 GiB aligned */
#define UNSHARE_PAGES	2
#define UNSHARE_SHARERS 3 /* P, A1, A2 */
#define ANCHOR_ADDR	(UNSHARE_ADDR - PUD_SIZE) /* keeps the PUD table: only the unshare flushes */

struct sharing {
	struct address_space *file;
	struct region *r[UNSHARE_SHARERS];
	bool mapped[UNSHARE_SHARERS];
	bool stored; /* the file has its contents */
	bool private;
};

static unsigned int unshare_writers(unsigned int cpus, unsigned long free_pages)
{
	unsigned int n = 1 + cpus / 10;

	return (unsigned int)max(1UL, min((unsigned long)min(n, 7U),
					  free_pages / (4 * UNSHARE_PAGES * HPAGE_PMD_NR)));
}

static bool map_shared(struct sharing *s, unsigned int i)
{
	struct region *r = s->r[i];

	WRITE_ONCE(r->map_seq, (r->map_seq + 1) & ~1ULL);
	smp_mb(); /* even before a load can succeed; pairs with the walker's load() */
	if (mm_mmap(r->tmm->mm, UNSHARE_ADDR, PUD_SIZE, VM_WRITE | VM_MAYSHARE | VM_HUGETLB,
		    s->file, 0))
		return false;
	s->mapped[i] = true;
	for (unsigned int p = 0; p < UNSHARE_PAGES; p++)
		fault_in(r->tmm->mm, UNSHARE_ADDR + p * PMD_SIZE, true);
	for (unsigned int p = 0; p < UNSHARE_PAGES && s->stored; p++)
		contents_expect(r, p);
	return true;
}

static int unmap_shared(struct sharing *s, unsigned int i)
{
	int ret;

	contents_drop(s->r[i]);
	ret = mm_munmap(s->r[i]->tmm->mm, UNSHARE_ADDR, PUD_SIZE);

	if (!ret) {
		s->mapped[i] = false;
		smp_mb(); /* unmapped and flushed before odd; pairs with the walker's load() */
		WRITE_ONCE(s->r[i]->map_seq, s->r[i]->map_seq | 1);
	}
	return ret;
}

/* Tag the first page at each @stride, as the walkers will find it. */
static void write_tags(struct region *r, u64 id, unsigned long stride)
{
	kthread_use_mm(r->tmm->mm);
	for (unsigned int i = 0; i < r->nr; i++)
		put_user_u64(canary_tag(id, i), r->start + i * stride);
	kthread_unuse_mm(r->tmm->mm);
}

static bool unshare_setup(struct op_instance *inst)
{
	struct sharing *s = get_zeroed_page(GFP_KERNEL);
	u64 tag = world_new_tag();

	inst->priv = s;
	if (!s)
		return false;
	s->file = mapping_alloc(HPAGE_PMD_NR, PMD_SHIFT);
	if (!s->file)
		return false;
	for (unsigned int i = 0; i < UNSHARE_SHARERS; i++) {
		struct tmm *t = world_add_mm(i ? "sharer" : "owner");

		if (!t || mm_mmap(t->mm, ANCHOR_ADDR, PAGE_SIZE, VM_WRITE, NULL, 0) ||
		    fault_in(t->mm, ANCHOR_ADDR, true))
			return false;
		s->r[i] = world_add_region(t, inst->op_id, UNSHARE_ADDR, PMD_SIZE, UNSHARE_PAGES,
					   tag);
		if (!map_shared(s, i))
			return false;
	}
	s->r[0]->alt_id = world_new_tag();
	write_tags(s->r[0], tag, PMD_SIZE);
	for (unsigned int p = 0; p < UNSHARE_PAGES; p++)
		for (unsigned int i = 0; i < UNSHARE_SHARERS; i++)
			contents_store(s->r[i], p);
	s->stored = true;
	return true;
}

/* P, alone now, splits its mapping and uses the table for memory of its own. */
static void reuse(struct sharing *s)
{
	struct region *r = s->r[0];
	struct mm_struct *mm = r->tmm->mm;

	contents_drop(r);
	if (mm_munmap(mm, UNSHARE_ADDR, PMD_SIZE) ||
	    mm_mmap(mm, UNSHARE_ADDR, PMD_SIZE, VM_WRITE, NULL, 0))
		return;
	for (unsigned long i = 0; i < r->nr; i++)
		fault_in(mm, UNSHARE_ADDR + i * PAGE_SIZE, true);
	write_tags(r, r->alt_id, PAGE_SIZE);
	s->private = true;
}

static void make_shared_again(struct sharing *s)
{
	/* Unmap everything, whatever VMAs there are; the PMD table is freed. */
	unmap_shared(s, 0);
	map_shared(s, 0);
	s->private = false;
}

static void unshare_step(struct op_instance *inst)
{
	struct sharing *s = inst->priv;
	unsigned int a = 1 + rand_below(&inst->rand, UNSHARE_SHARERS - 1);
	int ret;

	if (!s->mapped[a]) {
		if (s->private || !s->mapped[0])
			make_shared_again(s);
		map_shared(s, a);
		return;
	}
	op_account_begin(inst);
	ret = unmap_shared(s, a);
	op_account_end(inst, ret);
	if (!s->mapped[1] && !s->mapped[2] && !s->private)
		reuse(s);
}

static void unshare_teardown(struct op_instance *inst)
{
	struct sharing *s = inst->priv;

	if (!s)
		return;
	if (s->file)
		mapping_free(s->file);
	free_page(s);
}

static const struct torture_op unshare_op = {
	.name = "unshare",
	.help = "munmap of a hugetlb range whose PMD table is shared by two or three mms",
	.writers = unshare_writers,
	.setup = unshare_setup,
	.step = unshare_step,
	.teardown = unshare_teardown,
};
TORTURE_OP(unshare_op);
