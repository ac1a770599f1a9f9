/* SPDX-License-Identifier: GPL-2.0 */
/* The world that programs begin with. See <tests/pairs.h>. */
#include <mm/khugepaged.h>
#include <kernel/lockrank.h>
#include <kernel/rcu.h>
#include <kernel/smp.h>
#include <mm/mm.h>
#include <model/machine.h>
#include <tests/pairs.h>
#include <tests/scenario_actors.h>

struct mm_struct *world_mm[WORLD_MMS + 1];
struct address_space *world_file[WORLD_FILES];
u64 world_disk[WORLD_FILES][WORLD_INDICES];
struct rw_semaphore world_folio_lock;

/* Each page that is there gets contents of its own. */
static void mark(struct mm_struct *mm, unsigned long addr, u64 value)
{
	u64 *word = scenario_word(mm, addr);

	scenario_check(word);
	*word = value;
}

u64 world_first(unsigned long addr)
{
	return 0x100 + addr / PAGE_SIZE;
}

static void set_up_anonymous(struct mm_struct *a)
{
	scenario_map(a, PAGE_ONE, PAGE_SIZE);
	scenario_map(a, PAGE_NEXT, PAGE_SIZE);
	scenario_map(a, PAGE_HUGE, 2 * PMD_SIZE);
	scenario_check(!collapse_huge_page(a, PAGE_HUGE));
	scenario_reserve(a, PAGE_EMPTY, PMD_SIZE);
	for (unsigned long addr = PAGE_ONE; addr < PAGE_HUGE + PUD_SIZE; addr += PAGE_SIZE)
		mark(a, addr, world_first(addr));
}

static void set_up_file(struct mm_struct *a, struct mm_struct *b)
{
	struct address_space *file = mapping_alloc(WORLD_INDICES, PAGE_SHIFT);

	scenario_check(file);
	world_file[FILE_PTES] = file;
	init_rwsem_rank(&world_folio_lock, "folio_lock", RANK_VMA);
	scenario_check(!mm_mmap(a, PAGE_FILE, PMD_SIZE, VM_WRITE, file, 0));
	scenario_check(!mm_mmap(b, FILE_IN_B, PMD_SIZE, VM_WRITE, file, 0));
	for (unsigned long i = 0; i < WORLD_INDICES; i++) {
		scenario_check(!fault_in(a, PAGE_FILE + PG(i), true));
		scenario_check(!fault_in(b, FILE_IN_B + PG(i), true));
		mark(a, PAGE_FILE + PG(i), 0x200 + i);
	}
}

static struct address_space *set_up_shared(unsigned long addr, unsigned int first, u64 value)
{
	struct address_space *file = scenario_hugetlb_file();

	for (unsigned int i = first; i < WORLD_MMS; i++) {
		scenario_map_shared(world_mm[i], addr, file, VM_WRITE);
		scenario_check(!fault_in(world_mm[i], addr, true));
	}
	mark(world_mm[first], addr, value);
	return file;
}

/* The allocator's lock would be the one that most programs spend their schedules on. */
static void give_cpus_blocks(unsigned int order, unsigned int nr)
{
	struct page *blocks[PROGRAM_CPUS * 8];
	unsigned int n = 0;

	for (; n < nr * nr_cpu_ids; n++) {
		blocks[n] = alloc_pages(GFP_KERNEL, order, PAGE_KERNEL);
		scenario_check(blocks[n]);
	}
	while (n--) {
		atomic_set(&blocks[n]->_refcount, 0);
		observe(PAGE_FREE, page_to_pfn(blocks[n]), order, PAGE_KERNEL);
		model_own_pages(n % nr_cpu_ids, order, blocks[n]);
	}
}

void world_setup(void)
{
	static const char *const names[] = {"A", "B", "C"};

	for (unsigned int i = 0; i < WORLD_MMS; i++)
		world_mm[i] = scenario_mm(names[i]);
	set_up_anonymous(world_mm[MM_A]);
	set_up_file(world_mm[MM_A], world_mm[MM_B]);
	world_file[FILE_TWO] = set_up_shared(PAGE_TWO, MM_B, 0x300);
	scenario_map_shared(world_mm[MM_C], PAGE_TWO_AGAIN, world_file[FILE_TWO], VM_WRITE);
	world_file[FILE_THREE] = set_up_shared(PAGE_THREE, MM_A, 0x400);
	/* Ticks come only afterwards (bury.c): no grace period ends while the program runs. */
	rcu_lazy = true;
	model_loops_read_one();
	give_cpus_blocks(0, 8);
	give_cpus_blocks(1, 2);
}

u64 world_value(const struct page *page)
{
	return *(const u64 *)page_address(page);
}
