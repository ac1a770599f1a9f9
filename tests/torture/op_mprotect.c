/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mprotect: write permission is taken away and given back. No table is withdrawn; only the flush
 * is tested: after it, no CPU stores through a writable translation that it still holds.
 */
#include <asm/uaccess.h>
#include <tests/canary.h>
#include <tests/contents.h>
#include <tests/torture.h>

#define PROT_ADDR  0xc0000000UL
#define PROT_PAGES 8

static unsigned int mprotect_writers(unsigned int cpus, unsigned long free_pages)
{
	return min(1 + cpus / 10, 8U);
}

static bool mprotect_setup(struct op_instance *inst)
{
	struct tmm *t = world_add_mm("mprotect");
	struct region *r;

	if (!t || mm_mmap(t->mm, PROT_ADDR, PROT_PAGES * PAGE_SIZE, VM_WRITE, NULL, 0))
		return false;
	r = world_add_region(t, inst->op_id, PROT_ADDR, PAGE_SIZE, PROT_PAGES, world_new_tag());
	for (unsigned int i = 0; i < PROT_PAGES; i++)
		contents_store(r, i);
	inst->priv = r;
	return true;
}

/* The words that walkers store to, summed up, through our own translation. */
static u64 stores_seen(unsigned long addr)
{
	u64 sum = 0, val;

	for (unsigned int off = 64; off < PAGE_SIZE; off += 64)
		if (!get_user_u64(&val, addr + off))
			sum += val;
	return sum;
}

static void mprotect_step(struct op_instance *inst)
{
	struct region *r = inst->priv;
	struct mm_struct *mm = r->tmm->mm;
	unsigned long addr = PROT_ADDR + rand_below(&inst->rand, PROT_PAGES) * PAGE_SIZE;
	u64 before, after;
	int ret;

	fault_in(mm, addr, true);
	op_account_begin(inst);
	ret = mm_mprotect(mm, PROT_ADDR, PROT_PAGES * PAGE_SIZE, false);
	op_account_end(inst, ret);
	kthread_use_mm(mm);
	before = stores_seen(addr);
	for (u32 i = 2 + rand_below(&inst->rand, 8); i; i--)
		cpu_relax();
	after = stores_seen(addr);
	if (!ret && before != after)
		canary_stale_store(inst->op_id, addr, before, after);
	kthread_unuse_mm(mm);
	mm_mprotect(mm, PROT_ADDR, PROT_PAGES * PAGE_SIZE, true);
}

static const struct torture_op mprotect_op = {
	.name = "mprotect",
	.help = "write permission taken away and given back",
	.writers = mprotect_writers,
	.setup = mprotect_setup,
	.step = mprotect_step,
};
TORTURE_OP(mprotect_op);
