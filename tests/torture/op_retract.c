/* SPDX-License-Identifier: GPL-2.0 */
/*
 * retract: the PTE tables of a file are taken out of every mm that maps it, without their
 * mmap_locks, and freed by RCU.
 *
 *	CPU0 walker			CPU1 retract
 *	pmd = read PMD
 *					clear PMD, flush, call_rcu
 *	pte = read PTE in the table	still a table: empty
 *	end of walk
 *					... grace period ... free
 */
#include <mm/khugepaged.h>
#include <mm/mm.h>
#include <tests/contents.h>
#include <tests/torture.h>

#define RETRACT_ADDR 0x80000000UL
#define RETRACT_MMS  2

static unsigned int retract_writers(unsigned int cpus, unsigned long free_pages)
{
	return min(1 + cpus / 12, 6U);
}

static bool retract_setup(struct op_instance *inst)
{
	struct address_space *file = mapping_alloc(HPAGE_PMD_NR, PAGE_SHIFT);
	u64 tag = world_new_tag();

	inst->priv = file;
	if (!file)
		return false;
	for (int i = 0; i < RETRACT_MMS; i++) {
		struct tmm *t = world_add_mm("retract");
		struct region *r;

		if (!t || mm_mmap(t->mm, RETRACT_ADDR, PMD_SIZE, VM_WRITE | VM_MAYSHARE, file, 0))
			return false;
		r = world_add_region(t, inst->op_id, RETRACT_ADDR, PAGE_SIZE, 64, tag);
		for (unsigned int p = 0; p < r->nr; p++)
			contents_store(r, p);
	}
	return true;
}

static void retract_step(struct op_instance *inst)
{
	struct address_space *file = inst->priv;
	int n;

	down_write(&file->invalidate_lock);
	unmap_mapping_pages(file, 0, HPAGE_PMD_NR);
	op_account_begin(inst);
	n = retract_page_tables(file, 0);
	op_account_end(inst, n ? 0 : -EINVAL);
	up_write(&file->invalidate_lock);
	/* Let the walkers fault tables in again, or there is nothing to retract. */
	for (u32 i = 4 + rand_below(&inst->rand, 16); i; i--)
		cpu_relax();
	for (unsigned int i = 0; i < world_nr_mms() && !n; i++)
		if (world_mm(i)->regions[0].op == inst->op_id)
			fault_in(world_mm(i)->mm, RETRACT_ADDR, true);
}

static void retract_teardown(struct op_instance *inst)
{
	if (inst->priv)
		mapping_free(inst->priv);
}

static const struct torture_op retract_op = {
	.name = "retract",
	.help = "retract_page_tables(): withdraw a file's PTE tables, free them by RCU",
	.writers = retract_writers,
	.setup = retract_setup,
	.step = retract_step,
	.teardown = retract_teardown,
};
TORTURE_OP(retract_op);
