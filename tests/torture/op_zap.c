/* SPDX-License-Identifier: GPL-2.0 */
/*
 * zap: madvise() and munmap() through mmu_gather: pages, then also PTE, PMD and PUD tables,
 * freed by RCU; with failing allocations of table batches, and sometimes a whole mm.
 */
#include <tests/contents.h>
#include <tests/torture.h>

#define ZAP_ADDR   0x8000000000UL
#define ZAP_PAGES  12
#define ZAP_STRIDE (PMD_SIZE - 3 * PAGE_SIZE) /* spread over many PTE tables */
#define ZAP_LEN	   ALIGN(ZAP_PAGES *ZAP_STRIDE, PMD_SIZE)

static unsigned int zap_writers(unsigned int cpus, unsigned long free_pages)
{
	return min(1 + cpus / 8, 10U);
}

static bool zap_map(struct region *r)
{
	WRITE_ONCE(r->map_seq, (r->map_seq + 1) & ~1ULL);
	smp_mb(); /* even before a load can succeed; pairs with the walker's load() */
	return !mm_mmap(r->tmm->mm, ZAP_ADDR, ZAP_LEN, VM_WRITE, NULL, 0);
}

static bool zap_setup(struct op_instance *inst)
{
	struct tmm *t = world_add_mm("zap");
	struct region *r;

	if (!t)
		return false;
	r = world_add_region(t, inst->op_id, ZAP_ADDR, ZAP_STRIDE, ZAP_PAGES, world_new_tag());
	inst->priv = r;
	return zap_map(r);
}

/* A whole mm that no thread runs: made, populated, and freed with its PGD. */
static void short_life(void)
{
	struct mm_struct *mm = mm_alloc("short");

	if (!mm)
		return;
	if (!mm_mmap(mm, ZAP_ADDR, 4 * PMD_SIZE, VM_WRITE, NULL, 0))
		for (int i = 0; i < 8; i++)
			fault_in(mm, ZAP_ADDR + i * (PMD_SIZE / 2), true);
	mm_free(mm);
}

static void zap_step(struct op_instance *inst)
{
	struct region *r = inst->priv;
	bool visits = !rand_below(&inst->rand, 16); /* each time would load the mm on this CPU */
	int ret;

	if (visits)
		contents_store(r, rand_below(&inst->rand, r->nr));
	for (u32 i = 0; i < 8; i++)
		fault_in(r->tmm->mm, r->start + rand_below(&inst->rand, r->nr) * r->stride, true);
	if (visits)
		contents_check(r);
	contents_drop(r);
	op_account_begin(inst);
	if (rand_below(&inst->rand, 2)) {
		/* The pages are freed, the tables stay: only the PTE re-check notices. */
		op_account_end(inst, mm_madvise_dontneed(r->tmm->mm, ZAP_ADDR, ZAP_LEN));
		return;
	}
	ret = mm_munmap(r->tmm->mm, ZAP_ADDR, ZAP_LEN);
	op_account_end(inst, ret);
	smp_mb(); /* unmapped and flushed before odd; pairs with the walker's load() */
	WRITE_ONCE(r->map_seq, r->map_seq | 1);
	for (u32 i = rand_below(&inst->rand, 8); i; i--)
		cpu_relax();
	while (!zap_map(r) && !torture_stopping())
		yield(); /* no memory for a VMA, by injection: try again */
	if (!rand_below(&inst->rand, 32))
		short_life();
}

static const struct torture_op zap_op = {
	.name = "zap",
	.help = "madvise(DONTNEED) and munmap() through mmu_gather, with tables",
	.writers = zap_writers,
	.setup = zap_setup,
	.step = zap_step,
};
TORTURE_OP(zap_op);
