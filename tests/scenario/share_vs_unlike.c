/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMAs that must not share the PMD table of another one: one that differs in its flags, one that
 * covers a part of the GiB only, one that maps another part of the file there, one that is
 * private. One thread, so no race; an error is found at the end: an entry that is writable where the VMA is not, leads to
 * another page than belongs there, or is in a table that reaches beyond the VMA.
 */
#include <mm/mm.h>
#include <tests/scenario_actors.h>

static struct mm_struct *owner, *flags, *parts, *shifted;
static struct address_space *file;

#define RW (VM_HUGETLB | VM_MAYSHARE | VM_WRITE)
#define RO (VM_HUGETLB | VM_MAYSHARE)

static void map(struct mm_struct *mm, unsigned long addr, unsigned long len, unsigned long vm_flags,
		unsigned long offset)
{
	scenario_check(!mm_mmap(mm, addr, len, vm_flags, file, offset >> PAGE_SHIFT));
}

static void setup(void)
{
	file = mapping_alloc(2 * PUD_SIZE >> PMD_SHIFT, PMD_SHIFT);
	scenario_check(file);
	owner = scenario_mm("owner");
	map(owner, PUD_SIZE, 2 * PUD_SIZE, RW, 0);
	scenario_check(!fault_in(owner, PUD_SIZE, true));
	scenario_check(!fault_in(owner, 2 * PUD_SIZE, true));
	flags = scenario_mm("flags");
	map(flags, PUD_SIZE, PUD_SIZE, RO, 0);
	map(flags, 2 * PUD_SIZE, PUD_SIZE, VM_HUGETLB | VM_WRITE, PUD_SIZE);
	parts = scenario_mm("parts");
	map(parts, PUD_SIZE, PMD_SIZE, RW, 0);
	map(parts, 2 * PUD_SIZE + PMD_SIZE, PUD_SIZE - PMD_SIZE, RW, PUD_SIZE + PMD_SIZE);
	shifted = scenario_mm("shifted");
	map(shifted, PUD_SIZE, PUD_SIZE, RW, PMD_SIZE);
	map(shifted, 2 * PUD_SIZE, PUD_SIZE, VM_HUGETLB | VM_WRITE, PUD_SIZE);
}

static void fault(void)
{
	scenario_check(!fault_in(flags, PUD_SIZE, false) && !fault_in(flags, 2 * PUD_SIZE, true));
	scenario_check(!fault_in(parts, PUD_SIZE, true));
	scenario_check(!fault_in(parts, 2 * PUD_SIZE + PMD_SIZE, true));
	scenario_check(!fault_in(shifted, PUD_SIZE, true) &&
		       !fault_in(shifted, 2 * PUD_SIZE, true));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi", .policy = "broadcast", .busted = "share_unlike", RED_BY("scenario")},
	{},
};

static const struct scenario share_vs_unlike = {
	.name = "share_vs_unlike",
	.help = "mappings of a file that must not share each other's PMD tables",
	.setup = setup,
	.actor = {fault},
	.cases = cases,
};
SCENARIO(share_vs_unlike);
