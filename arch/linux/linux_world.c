/* SPDX-License-Identifier: GPL-2.0 */
/* CPUs, an mm, memory, as Linux's files expect to find them: what boot and fork() would leave. */
#include "linux.h"
#include <linux/hardirq.h>
#include <linux/mmu_context.h>
#include <linux/rmap.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/mmu_context.h>
#include <asm/smp.h>
#include <asm/tlb.h>
#include <asm/tlbflush.h>

unsigned long page_offset_base, vmemmap_base, vmalloc_base, phys_base;
unsigned int pgdir_shift = 39, ptrs_per_p4d = 1;
pteval_t __supported_pte_mask = ~0UL, __default_kernel_pte_mask = ~0UL;

/* There are no zero pages. */
unsigned long zero_page_pfn = ~0UL, huge_zero_pfn = ~0UL;

struct cpumask __cpu_online_mask, __cpu_possible_mask;
atomic_t __num_online_cpus;
struct cpuinfo_x86 boot_cpu_data;
struct smp_ops smp_ops;
u16 invlpgb_count_max = 1;
unsigned long volatile jiffies;
int oops_in_progress;
struct pglist_data contig_page_data;

DEFINE_PER_CPU(struct cpuinfo_x86, cpu_info);
DEFINE_PER_CPU(unsigned long, __preempt_count);
#if BEFORE_7 && !BEFORE_6_12
DEFINE_PER_CPU_ALIGNED(struct pcpu_hot, pcpu_hot);
#define current_of(cpu) per_cpu(pcpu_hot, cpu).current_task
#define number_of(cpu)	per_cpu(pcpu_hot, cpu).cpu_number
static struct vma_lock vma_locks[LINUX_MMS];
#else
DEFINE_PER_CPU(int, cpu_number);
DEFINE_PER_CPU(struct task_struct *, current_task);
#define current_of(cpu) per_cpu(current_task, cpu)
#define number_of(cpu)	per_cpu(cpu_number, cpu)
#endif
DEFINE_PER_CPU(irq_cpustat_t, irq_stat);
/* What cpu_init() and initialize_tlbstate_and_flush() find at boot. */
DEFINE_PER_CPU(struct tlb_state,
	       cpu_tlbstate) = {.loaded_mm = &init_mm, .next_asid = 1, .cr4 = ~0UL};

/* An mm_struct ends in its CPU mask. */
struct linux_mm_space {
	struct mm_struct mm;
	unsigned long cpus[32];
} linux_init_mm;
static struct linux_mm_space user[LINUX_MMS];
asm(".globl init_mm\n"
    ".set init_mm, linux_init_mm");
struct mm_struct *linux_mms[LINUX_MMS] = {&user[0].mm, &user[1].mm, &user[2].mm};
struct task_struct linux_tasks[NCPU];
struct vm_area_struct linux_vmas[LINUX_MMS];

/* By frame number. Those of the huge page have no memory: nothing is copied there. */
#define HUGE_PFN 512
static struct page pages[2 * HUGE_PFN] __aligned(64 * 1024);
struct page *linux_huge = pages + HUGE_PFN;
static struct mem_section sections[SECTIONS_PER_ROOT];
static struct mem_section *roots[8];
struct mem_section **mem_section = roots;
const bool linux_has_invlpgb = LINUX_HAS_INVLPGB;
const bool linux_batches_tables = !BEFORE_7;
const bool linux_reclaims_tables = !BEFORE_7;

struct anon_vma linux_anon_vma;
static unsigned int nr_frames;

extern unsigned long highest_memmap_pfn;
void initialize_tlbstate_and_flush(void);
int smpcfd_prepare_cpu(unsigned int cpu);
void generic_smp_call_function_single_interrupt(void);

void *linux_frame(void)
{
	if (nr_frames == LINUX_FRAMES)
		model_no_stub("linux_frame: more than LINUX_FRAMES");
	return model_frames() + nr_frames++ * PAGE_SIZE;
}

static void memory(void)
{
	page_offset_base = model_phys_base();
	vmemmap_base = (unsigned long)pages;
	highest_memmap_pfn = ARRAY_SIZE(pages) - 1;
	roots[0] = sections;
	sections[0].section_mem_map =
		SECTION_MARKED_PRESENT | SECTION_HAS_MEM_MAP | SECTION_IS_EARLY | SECTION_IS_ONLINE;
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		init_page_count(&pages[i]);
		atomic_set(&pages[i]._mapcount, -1);
	}
}

static void send_mask(const struct cpumask *mask)
{
	model_send_call(cpumask_bits(mask)[0], __builtin_return_address(0));
}

static void send_one(int cpu)
{
	model_send_call(1UL << cpu, __builtin_return_address(0));
}

static void features(bool pcid, bool invlpgb)
{
	unsigned long *caps = (unsigned long *)boot_cpu_data.x86_capability;

	if (pcid)
		__set_bit(X86_FEATURE_PCID, caps);
	if (pcid)
		__set_bit(X86_FEATURE_INVPCID, caps);
	if (invlpgb)
		__set_bit(X86_FEATURE_INVLPGB, caps);
}

static void one_cpu(unsigned int cpu)
{
	number_of(cpu) = cpu;
	linux_thread(&linux_tasks[cpu]);
	current_of(cpu) = &linux_tasks[cpu];
	per_cpu(cpu_info, cpu) = boot_cpu_data;
	__cpumask_set_cpu(cpu, &__cpu_online_mask);
	__cpumask_set_cpu(cpu, &__cpu_possible_mask);
	atomic_inc(&__num_online_cpus);
	smpcfd_prepare_cpu(cpu);
}

static bool asid_later;

void linux_asid_later(void)
{
	asid_later = true;
}

/* As fork() and exec() make it; with INVLPGB it has its global ASID already, or gets it later. */
static void make_mm(unsigned int i, bool invlpgb)
{
	struct mm_struct *mm = linux_mms[i];

	mm->pgd = linux_frame();
	atomic_set(&mm->mm_count, 1);
	atomic_set(&mm->mm_users, 1);
	mm->task_size = TASK_SIZE_MAX;
	linux_number(mm, i + 1);
	init_rwsem(&mm->mmap_lock);
	spin_lock_init(&mm->page_table_lock);
	init_new_context(NULL, mm);
	model_top_table(mm->pgd, mm->context.ctx_id);
	linux_vmas[i].vm_mm = mm;
	linux_vmas[i].vm_end = TASK_SIZE_MAX;
	linux_vmas[i].anon_vma = &linux_anon_vma;
	linux_vmas[i].vm_page_prot = PAGE_SHARED;
#if BEFORE_7 && !BEFORE_6_12
	linux_vmas[i].vm_lock = &vma_locks[i];
#endif
	if (!invlpgb || asid_later)
		return;
	mm_assign_global_asid(mm, TLB_NR_DYN_ASIDS + 1 + i);
	mm_clear_asid_transition(mm);
}

void linux_init(unsigned int cpus, bool pcid, bool invlpgb, bool pv)
{
	memory();
	nr_cpu_ids = cpus;
	smp_ops.send_call_func_ipi = send_mask;
	smp_ops.send_call_func_single_ipi = send_one;
	features(pcid, invlpgb);
	if (pv)
		linux_pv_flush();
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		one_cpu(cpu);
	linux_anon_vma.root = &linux_anon_vma;
	atomic_set(&linux_anon_vma.refcount, 1);
	init_rwsem(&linux_anon_vma.rwsem);
	init_mm.pgd = linux_frame();
	init_mm.context.ctx_id = 1;
	model_top_table(init_mm.pgd, 1);
	for (unsigned int i = 0; i < LINUX_MMS; i++)
		make_mm(i, invlpgb);
}

void linux_enter(bool in_mm)
{
	struct task_struct *t = current;

	local_irq_disable();
	write_cr3(__pa(init_mm.pgd));
	initialize_tlbstate_and_flush();
	t->mm = t->active_mm = linux_mm;
	if (in_mm)
		switch_mm_irqs_off(NULL, linux_mm, t);
	local_irq_enable();
}

void linux_call_interrupt(void)
{
	__preempt_count_add(HARDIRQ_OFFSET);
	generic_smp_call_function_single_interrupt();
	__preempt_count_sub(HARDIRQ_OFFSET);
}
