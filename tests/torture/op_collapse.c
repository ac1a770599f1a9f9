/* SPDX-License-Identifier: GPL-2.0 */
/*
 * collapse: 512 pages into one and back, again and again.
 *
 *	CPU0 walker			CPU1 collapse
 *	pmd = read PMD
 *					clear PMD, flush
 *					(wait?)
 *					no page has a reference; copy; deposit the table
 *	pte = read PTE in the table	<- must not happen
 *
 * Back is a split (the deposited table is filled again), or now and then a zap (it is
 * freed at once) and 512 faults.
 */
#include <mm/huge_mm.h>
#include <mm/khugepaged.h>
#include <tests/contents.h>
#include <tests/torture.h>

#define COLLAPSE_ADDR 0x40000000UL

static unsigned int collapse_writers(unsigned int cpus, unsigned long free_pages)
{
	unsigned int n = 1 + cpus / 16;

	/* Each needs the small pages and the huge one, and fragments the rest. */
	return (unsigned int)max(1UL,
				 min((unsigned long)min(n, 4U), free_pages / (6 * HPAGE_PMD_NR)));
}

static bool populate(struct mm_struct *mm)
{
	for (unsigned long i = 0; i < HPAGE_PMD_NR; i++)
		if (fault_in(mm, COLLAPSE_ADDR + i * PAGE_SIZE, true))
			return false;
	return true;
}

/* Some of the pages: 512 would be most of what this writer does. */
static void store_contents(struct region *r)
{
	for (unsigned int i = 0; i < HPAGE_PMD_NR; i += 37)
		contents_store(r, i);
}

static bool collapse_setup(struct op_instance *inst)
{
	struct tmm *t = world_add_mm("collapse");
	struct region *r;

	if (!t || mm_mmap(t->mm, COLLAPSE_ADDR, PMD_SIZE, VM_WRITE | VM_HUGEPAGE, NULL, 0) ||
	    !populate(t->mm))
		return false;
	r = world_add_region(t, inst->op_id, COLLAPSE_ADDR, PAGE_SIZE, HPAGE_PMD_NR,
			     world_new_tag());
	r->keeps = true;
	store_contents(r);
	inst->priv = r;
	return true;
}

static void collapse_step(struct op_instance *inst)
{
	struct region *r = inst->priv;
	struct mm_struct *mm = r->tmm->mm;
	int ret;

	op_account_begin(inst);
	ret = collapse_huge_page(mm, COLLAPSE_ADDR);
	op_account_end(inst, ret);
	if (ret == -EINVAL)
		populate(mm); /* the zap below left holes, or memory ran out in between */
	if (ret)
		return;
	if (rand_below(&inst->rand, 16)) {
		mm_split_huge_pmd(mm, COLLAPSE_ADDR);
		return;
	}
	contents_check(r);
	contents_drop(r);
	WRITE_ONCE(r->zap_epoch, r->zap_epoch + 1);
	smp_mb(); /* odd before the pages go; pairs with store() and check_kept() */
	mm_madvise_dontneed(mm, COLLAPSE_ADDR, PMD_SIZE);
	smp_mb(); /* even after they have gone */
	WRITE_ONCE(r->zap_epoch, r->zap_epoch + 1);
	populate(mm);
	store_contents(r);
}

static const struct torture_op collapse_op = {
	.name = "collapse",
	.help = "collapse_huge_page(): withdraw, wait, copy, deposit",
	.writers = collapse_writers,
	.setup = collapse_setup,
	.step = collapse_step,
};
TORTURE_OP(collapse_op);
