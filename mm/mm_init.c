/* SPDX-License-Identifier: GPL-2.0 */
/* Address spaces: birth, death, and borrowing one. */
#include <kernel/job.h>
#include <kernel/sched.h>
#include <kernel/string.h>
#include <asm/kmap.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>
#include <mm/busted.h>
#include <mm/mm.h>

DEFINE_BUSTED(mm_no_lazy_shootdown, "an mm goes while CPUs have it loaded lazily");

struct mm_struct init_mm = {
	.context = {.ctx_id = 1, .tlb_gen = ATOMIC64_INIT(1)},
	.name = "init_mm",
};

static void init_mm_setup(void)
{
	init_mm.pgd = __va(kernel_pgd_phys());
}
INITCALL(0, init_mm_setup);

struct mm_struct *mm_alloc(const char *name)
{
	struct mm_struct *mm;
	struct ptdesc *pgd;

	BUILD_BUG_ON(sizeof(*mm) > PAGE_SIZE);
	mm = get_zeroed_page(GFP_KERNEL);
	if (!mm)
		return NULL;
	init_new_context(NULL, mm);
	pgd = pagetable_alloc(mm, PT_LEVEL_PGD);
	if (!pgd) {
		destroy_context(mm);
		free_page(mm);
		return NULL;
	}
	mm->pgd = ptdesc_address(pgd);
	arch_clone_kernel_pgd((u64 *)mm->pgd);
	init_rwsem_rank(&mm->mmap_lock, "mmap_lock", RANK_MMAP);
	spin_lock_init_rank(&mm->page_table_lock, "page_table_lock", RANK_PAGE_TABLE);
	INIT_LIST_HEAD(&mm->mmap);
	strscpy(mm->name, name, sizeof(mm->name));
	return mm;
}

void mm_free(struct mm_struct *mm)
{
	while (!list_empty(&mm->mmap)) {
		struct vm_area_struct *vma =
			list_first_entry(&mm->mmap, struct vm_area_struct, vm_list);
		int ret = mm_munmap(mm, vma->vm_start, vma->vm_end - vma->vm_start);

		BUG_ON(ret);
	}
	VM_BUG_ON(atomic_read(&mm->nr_pmds) || atomic_read(&mm->nr_ptes));
	/* A CPU that still has it loaded, lazily, must let go before the PGD goes. */
	if (!busted(mm_no_lazy_shootdown))
		cleanup_lazy_tlbs(mm);
	destroy_context(mm);
	pagetable_free(virt_to_ptdesc(mm->pgd));
	free_page(mm);
}

void kthread_use_mm(struct mm_struct *mm)
{
	unsigned long flags;

	VM_BUG_ON(current->mm);
	local_irq_save(flags);
	current->mm = mm;
	switch_mm_irqs_off(NULL, mm, current);
	local_irq_restore(flags);
}

void kthread_unuse_mm(struct mm_struct *mm)
{
	unsigned long flags;

	VM_BUG_ON(current->mm != mm);
	local_irq_save(flags);
	current->mm = NULL;
	enter_lazy_tlb(mm, current);
	local_irq_restore(flags);
}
