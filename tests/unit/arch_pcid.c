/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a TLB may keep under PCIDs that are not loaded (SDM vol. 3A 4.10.4.1; APM vol. 2 5.5.1):
 * user loads and stores by way of it, while mms take turns on this CPU. Emulators that have PCIDs
 * drop all at a write to CR3, which they may: a wrong slot is seen on hardware only, and in
 * tests/scenario/asid_slot_vs_flush.c. A flush that is missing under the loaded one is seen anywhere.
 */
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <asm/asid.h>
#include <asm/uaccess.h>
#include <mm/mm.h>

#define ADDR   0x40555000UL
#define NR_MMS (TLB_NR_DYN_ASIDS + 1) /* the last one takes over the slot of the first */

static struct mm_struct *mms[NR_MMS];

static u64 value_of(unsigned int i)
{
	return 0x9c1d0000 + i;
}

/* mm number @i has its own value in a page at ADDR, and this CPU has the translation cached. */
static bool map(unsigned int i)
{
	u64 v = 0;
	bool ok;

	mms[i] = mm_alloc("pcid");
	if (!mms[i] || mm_mmap(mms[i], ADDR, PAGE_SIZE, VM_WRITE, NULL, 0))
		return false;
	kthread_use_mm(mms[i]);
	ok = !fault_in(mms[i], ADDR, true) && !put_user_u64(value_of(i), ADDR) &&
	     !get_user_u64(&v, ADDR) && v == value_of(i);
	kthread_unuse_mm(mms[i]);
	return ok;
}

static void unmap(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		mm_free(mms[i]);
}

/* What a load in @mm finds: its value, or 0 if there is no translation. */
static u64 load_in(struct mm_struct *mm)
{
	u64 v = 0;

	kthread_use_mm(mm);
	if (get_user_u64(&v, ADDR))
		v = 0;
	kthread_unuse_mm(mm);
	return v;
}

KTEST(pcid, each_mm_finds_its_own)
{
	for (unsigned int i = 0; i < NR_MMS; i++)
		KASSERT(t, map(i));
	/* Around twice: each mm comes back to a slot that others have had. */
	for (unsigned int i = 0; i < 2 * NR_MMS; i++)
		KEXPECT_EQ(t, load_in(mms[i % NR_MMS]), value_of(i % NR_MMS));
	/* And between two: their translations are kept. */
	for (unsigned int i = 0; i < 6; i++)
		KEXPECT_EQ(t, load_in(mms[i % 2]), value_of(i % 2));
	unmap(NR_MMS);
}

KTEST(pcid, unmapped_while_another_is_loaded)
{
	KASSERT(t, map(0) && map(1));
	KEXPECT_EQ(t, mm_munmap(mms[0], ADDR, PAGE_SIZE), 0);
	KEXPECT_EQ(t, load_in(mms[1]), value_of(1));
	KEXPECT_EQ(t, load_in(mms[0]), 0);
	unmap(2);
}

KTEST(pcid, mapped_anew_while_another_is_loaded)
{
	KASSERT(t, map(0) && map(1));
	KEXPECT_EQ(t, mm_munmap(mms[0], ADDR, PAGE_SIZE), 0);
	KASSERT(t, !mm_mmap(mms[0], ADDR, PAGE_SIZE, VM_WRITE, NULL, 0));
	KASSERT(t, !fault_in(mms[0], ADDR, true));
	/* The new page is empty. */
	KEXPECT(t, load_in(mms[0]) != value_of(0));
	unmap(2);
}

KTEST(pcid, write_protected_while_another_is_loaded)
{
	KASSERT(t, map(0) && map(1));
	KEXPECT_EQ(t, mm_mprotect(mms[0], ADDR, PAGE_SIZE, false), 0);
	kthread_use_mm(mms[0]);
	KEXPECT(t, put_user_u64(1, ADDR) != 0);
	kthread_unuse_mm(mms[0]);
	KEXPECT_EQ(t, load_in(mms[0]), value_of(0));
	unmap(2);
}

/* Under the loaded PCID: one page by INVLPG; more than the ceiling by INVPCID or CR3. */
KTEST(pcid, loaded_one_is_flushed)
{
	static const unsigned long pages[] = {1, 64};
	u64 v;

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		unsigned long size = pages[i] * PAGE_SIZE, end = ADDR + size;
		struct mm_struct *mm = mm_alloc("pcid");

		KASSERT(t, mm && !mm_mmap(mm, ADDR, size, VM_WRITE, NULL, 0));
		kthread_use_mm(mm);
		for (unsigned long addr = ADDR; addr < end; addr += PAGE_SIZE)
			KEXPECT(t, !fault_in(mm, addr, true) && !get_user_u64(&v, addr));
		KEXPECT_EQ(t, mm_madvise_dontneed(mm, ADDR, size), 0);
		for (unsigned long addr = ADDR; addr < end; addr += PAGE_SIZE)
			KEXPECT(t, get_user_u64(&v, addr) != 0);
		kthread_unuse_mm(mm);
		mm_free(mm);
	}
}
