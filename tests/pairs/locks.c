/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is what an operation says of its locks (<tests/pairs.h>) true? At each store to a page table the
 * state of all locks of the world is looked at: in an order of whole operations nobody else holds
 * any. Of entries' own locks only that of the table that is stored to counts.
 */
#include <kernel/busted.h>
#include <kernel/event.h>
#include <kernel/printk.h>
#include <asm/insn.h>
#include <mm/mm.h>
#include <mm/ptdesc.h>
#include <mm/vma.h>
#include <tests/pairs.h>
#include "program.h"

DEFINE_BUSTED(pairs_wrong_locks, "operations that take mmap_lock for write say: for read");

static const struct op *running; /* NULL: nothing is looked at */
static u64 held;
static char wrong[160];
static void (*hook_before)(enum sync_site site, enum sync_rw rw, const volatile void *obj);

static u64 mode(const struct rw_semaphore *sem, u64 read, u64 write)
{
	if (!rwsem_is_locked(sem))
		return 0;
	return rwsem_is_write_locked(sem) ? write : read;
}

static u64 of_vma(const struct vm_area_struct *vma)
{
	return mode(&vma->hugetlb_vma_lock, VMA_READ, VMA_WRITE) |
	       mode(&vma->anon_vma_lock, ANON_VMA, ANON_VMA);
}

static u64 of_mm(const struct mm_struct *mm)
{
	const struct vm_area_struct *vma;
	u64 locks = mode(&mm->mmap_lock, MMAP_READ, MMAP_WRITE);

	if (spin_is_locked(&mm->page_table_lock))
		locks |= PAGE_TABLE_LOCK;
	list_for_each_entry (vma, &mm->mmap, vm_list)
		locks |= of_vma(vma);
	return locks;
}

static u64 of_file(const struct address_space *file)
{
	return mode(&file->invalidate_lock, INVALIDATE_READ, INVALIDATE_WRITE) |
	       mode(&file->i_mmap_rwsem, I_MMAP_READ, I_MMAP_WRITE);
}

static u64 of_entry(enum sync_site site, const volatile void *entry)
{
	if (site < SITE_PMD || !spin_is_locked(ptlock_ptr((const void *)entry)))
		return 0;
	return site == SITE_PMD ? PMD_LOCK : PTL;
}

static u64 of_world(void)
{
	u64 locks = mode(&world_folio_lock, FOLIO, FOLIO);

	for (unsigned int i = 0; i < WORLD_MMS; i++)
		locks |= world_mm[i] ? of_mm(world_mm[i]) : 0;
	for (unsigned int i = 0; i < WORLD_FILES; i++)
		locks |= of_file(world_file[i]);
	return locks;
}

static void at_access(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	if (!running || site > SITE_PTE || rw == SYNC_READ)
		return;
	machine_looks(true);
	held |= of_world() | of_entry(site, obj);
	machine_looks(false);
}

void locks_begin(const struct op *op)
{
	held = 0;
	running = op;
	if (sync_point_hook != at_access)
		hook_before = sync_point_hook;
	WRITE_ONCE(sync_point_hook, at_access);
}

/* The names of @locks, in the order in which they are taken. */
static void spell(u64 locks, char *buf, size_t size)
{
	static const char *const names[OP_LOCKS] = {
		"mmap_lock read",
		"mmap_lock write",
		"hugetlb_vma_lock read",
		"hugetlb_vma_lock write",
		"invalidate_lock read",
		"invalidate_lock write",
		"folio lock",
		"i_mmap_rwsem read",
		"i_mmap_rwsem write",
		"anon_vma_lock",
		"page_table_lock",
		"pmd lock",
		"ptl",
	};
	size_t n = 0;

	snprintf(buf, size, "none");
	for (unsigned int i = 0; i < OP_LOCKS && n < size; i++)
		if (locks & BIT(i))
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? ", " : "", names[i]);
}

static u64 declared(const struct op *op)
{
	return busted(pairs_wrong_locks) && op->locks & MMAP_WRITE
		       ? op->locks ^ MMAP_WRITE ^ MMAP_READ
		       : op->locks;
}

void locks_end(bool first)
{
	const struct op *op = running;
	u64 more, less;
	char text[100];

	WRITE_ONCE(sync_point_hook, hook_before);
	running = NULL;
	if (!op)
		return;
	more = held & ~(declared(op) | op->sometimes);
	less = first ? declared(op) & ~held : 0;
	if (*wrong || !(more | less))
		return;
	spell(more ?: less, text, sizeof(text));
	snprintf(wrong, sizeof(wrong), "%s %s: %s", op->name,
		 more ? "holds what it does not declare" : "declares what it does not hold", text);
}

const char *program_locks_wrong(void)
{
	return *wrong ? wrong : NULL;
}
