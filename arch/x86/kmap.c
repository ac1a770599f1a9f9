/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel half of the address space: <asm/page.h> says what lies where. Everything is
 * mapped at boot, nothing is unmapped or changed later, so no kernel mapping ever
 * needs a TLB flush, and any CPU may read these tables without a lock. (Except by
 * <asm/drive.h>: its user flushes, and lets no other CPU read them meanwhile.)
 *
 * W^X holds for each physical page, not just each mapping: text and rodata are read-only in
 * the direct map too. The low half is empty, page 0 included.
 *
 * Every mm copies PML4 slots 256 … 511. What is mapped later (an MMIO page, a stack) goes
 * below PUD tables that exist before the first copy is made, so all copies stay true.
 */
#include "early.h"
#include <kernel/bug.h>
#include <kernel/memblock.h>
#include <kernel/string.h>
#include <asm/barrier.h>
#include <asm/drive.h>
#include <asm/insn.h>
#include <asm/kmap.h>
#include <asm/page.h>

/* SDM vol. 3A 4.5; AMD APM vol. 2 5.4. */
#define P_PRESENT   BIT(0)
#define P_RW	    BIT(1)
#define P_PWT	    BIT(3)
#define P_PCD	    BIT(4)
#define P_A	    BIT(5)
#define P_D	    BIT(6)
#define P_PS	    BIT(7)
#define P_G	    BIT(8)
#define P_NX	    BIT(63)
#define P_ADDR	    0x000ffffffffff000UL

/* A and D set from the start: the CPU then never writes to these tables. */
#define KERNEL_RX   (P_PRESENT | P_G | P_A | P_D)
#define KERNEL_RO   (KERNEL_RX | P_NX)
#define KERNEL_RW   (KERNEL_RO | P_RW)
/* PAT entry 3, uncached as at reset, wins over any MTRR (SDM vol. 3A 12.5.2.2). */
#define KERNEL_IO   (KERNEL_RW | P_PWT | P_PCD)

#define PMD_SIZE    (1UL << 21)
#define KERNEL_SLOT 256

extern char _text[], _etext[], _rodata[], _erodata[], _data[], _end[]; /* linker.ld */
extern char boot_stack_guard[]; /* head.S */

static u64 *kernel_pgd;
phys_addr_t kernel_cr3; /* the same, for trampoline.S; fixed before the first AP starts */

static u64 *table_alloc(void)
{
	return memblock_alloc_or_die(PAGE_SIZE, PAGE_SIZE, "kernel page tables");
}

static u64 *next_table(u64 *entry)
{
	BUG_ON(*entry & P_PS);
	if (!*entry)
		*entry = __pa(table_alloc()) | P_PRESENT | P_RW | P_A;
	return __va(*entry & P_ADDR);
}

static unsigned int index(unsigned long va, int level)
{
	return (va >> (12 + 9 * (level - 1))) & 511;
}

/* @level: 1 a 4 KiB page, 2 a 2 MiB page. */
static void map_one(unsigned long va, phys_addr_t pa, u64 prot, int level)
{
	u64 *table = kernel_pgd;

	for (int l = 4; l > level; l--)
		table = next_table(&table[index(va, l)]);
	BUG_ON(table[index(va, level)]);
	table[index(va, level)] = pa | prot | (level == 2 ? P_PS : 0);
}

static void map_range(unsigned long va, phys_addr_t pa, phys_addr_t end, u64 prot)
{
	while (pa < end) {
		bool big = IS_ALIGNED(va | pa, PMD_SIZE) && end - pa >= PMD_SIZE;
		unsigned long step = big ? PMD_SIZE : PAGE_SIZE;

		map_one(va, pa, prot, big ? 2 : 1);
		va += step;
		pa += step;
	}
}

static void map_direct(phys_addr_t base, phys_addr_t end)
{
	phys_addr_t ro = __pa(_text), rw = __pa(_erodata);

	if (base < ro && rw <= end) {
		map_range(base + PAGE_OFFSET, base, ro, KERNEL_RW);
		base = ro;
	}
	if (base == ro) {
		map_range(ro + PAGE_OFFSET, ro, rw, KERNEL_RO);
		base = rw;
	}
	map_range(base + PAGE_OFFSET, base, end, KERNEL_RW);
}

static void map_image(const char *from, const char *to, u64 prot)
{
	for (; from < to; from += PAGE_SIZE)
		if (from != boot_stack_guard)
			map_one((unsigned long)from, __pa(from), prot, 1);
}

/* PUD tables of all slots that are, or will be, used: before the PML4 is first copied. */
static void prepare_slots(void)
{
	static const unsigned long first[] = {PAGE_OFFSET, VMALLOC_START, MMIO_START,
					      __START_KERNEL_map};

	for (unsigned int i = 0; i < ARRAY_SIZE(first); i++)
		next_table(&kernel_pgd[index(first[i], 4)]);
}

void kmap_init(void)
{
	kernel_pgd = table_alloc();
	kernel_cr3 = __pa(kernel_pgd);
	prepare_slots();
	memory_for_each(map_direct);
	map_image(_text, _etext, KERNEL_RX);
	map_image(_rodata, _erodata, KERNEL_RO);
	map_image(_data, _end, KERNEL_RW);
	insn_write_cr3(kernel_cr3);
}

void *kmap_mmio(phys_addr_t pa, size_t size)
{
	static unsigned long next = MMIO_START;
	phys_addr_t end = ALIGN(pa + size, PAGE_SIZE);
	unsigned long va = next + (pa & ~PAGE_MASK);

	for (pa &= PAGE_MASK; pa < end; pa += PAGE_SIZE, next += PAGE_SIZE)
		map_one(next, pa, KERNEL_IO, 1);
	return (void *)va;
}

void *kmap_screen(phys_addr_t pa, size_t size)
{
	phys_addr_t first = pa & PAGE_MASK;
	unsigned long va = SCREEN_START + (first & (PMD_SIZE - 1));

	BUG_ON(va + size + PAGE_SIZE > VMALLOC_START);
	map_range(va, first, ALIGN(pa + size, PAGE_SIZE), KERNEL_IO);
	return (void *)(va + (pa & ~PAGE_MASK));
}

void kmap_stack(unsigned long va, phys_addr_t pa, size_t size)
{
	for (size_t off = 0; off < size; off += PAGE_SIZE)
		map_one(va + off, pa + off, KERNEL_RW, 1);
}

bool kmap_present(unsigned long va)
{
	const u64 *table = kernel_pgd;

	if (!kernel_pgd) /* still on head.S's tables */
		return va >= __START_KERNEL_map ||
		       (va >= PAGE_OFFSET && va - PAGE_OFFSET < 4UL << 30);
	if (va >> 47 != 0x1ffff)
		return false;
	for (int l = 4; l >= 1; l--) {
		u64 e = READ_ONCE(table[index(va, l)]);

		if (!(e & P_PRESENT))
			return false;
		if (l == 1 || (e & P_PS))
			return true;
		table = __va(e & P_ADDR);
	}
	return false;
}

/* <asm/drive.h> */

static u64 *entry_at(unsigned long va, int level)
{
	u64 *e = &kernel_pgd[index(va, 4)];

	for (int l = 4; l > level; l--) {
		if (!(*e & P_PRESENT) || (*e & P_PS))
			return NULL;
		e = (u64 *)__va(*e & P_ADDR) + index(va, l - 1);
	}
	return *e & P_PRESENT ? e : NULL;
}

bool arch_split_mapping(unsigned long va, u64 *table)
{
	u64 *pmd = entry_at(va, 2);

	if (!pmd)
		return false;
	if (*pmd & P_PS)
		for (unsigned int i = 0; i < 512; i++)
			table[i] = (*pmd & ~P_PS) + i * PAGE_SIZE;
	else
		memcpy(table, __va(*pmd & P_ADDR), PAGE_SIZE);
	*pmd = __pa(table) | P_PRESENT | P_RW | P_A;
	return true;
}

u64 *arch_small_entry(unsigned long va)
{
	return entry_at(va, 1);
}

phys_addr_t kernel_pgd_phys(void)
{
	return kernel_cr3;
}

void arch_clone_kernel_pgd(u64 *pgd)
{
	memcpy(pgd + KERNEL_SLOT, kernel_pgd + KERNEL_SLOT, (512 - KERNEL_SLOT) * sizeof(*pgd));
}
