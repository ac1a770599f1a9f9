/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_EARLY_H
#define X86_EARLY_H

#include <kernel/types.h>

/*
 * Boot-time steps of this directory, each in the file of its name. Boot CPU only
 * unless said otherwise.
 */
struct boot_info;
struct boot_screen;

void console_init(const char *cmdline, const struct boot_screen *bs);
void console_map(void); /* right after kmap_init(): nothing is printed between them */

void shutdown_init(const char *cmdline);

void memory_init(const struct boot_info *bi); /* memory.c: below 4 GiB to memblock */
void memory_init_high(void); /* and the rest, once it is mapped */
phys_addr_t memory_trampoline_page(void); /* an unused page of RAM below 1 MiB */
/* Calls @fn for each page-aligned range of RAM that we use; ascending, disjoint. */
void memory_for_each(void (*fn)(phys_addr_t base, phys_addr_t end));

void kmap_init(void); /* builds the real page tables and loads them */
void *kmap_mmio(phys_addr_t pa, size_t size); /* uncached, NX; for good */
void *kmap_screen(phys_addr_t pa, size_t size); /* the same, of up to 192 MiB; once */
void kmap_stack(unsigned long va, phys_addr_t pa, size_t size);
bool kmap_present(unsigned long va); /* whether @va is mapped; any CPU, any context */

void stacks_init(void); /* sizes the pool for nr_cpu_ids CPUs */
void *stacks_alloc_ist(void); /* top of an IST stack */

/*
 * Ends the run and names the missing features if the image needs them. Those needed to get here
 * are checked by head.S. Before the first RDTSC.
 */
void cpu_check(void);
void cpu_detect(void); /* CPUID into cpu_has() */
void cpu_init_cr4(void); /* every CPU */

#endif
