/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include <kernel/types.h>

/*
 * What the boot loader told us, in one form, whichever loader it was. Everything is
 * copied: once boot_info_init() has returned, the loader's own structures may be
 * overwritten.
 */
#define BOOT_CMDLINE_MAX 2048
#define BOOT_RANGES_MAX	 512

struct boot_range {
	phys_addr_t base, size;
	bool usable; /* RAM that nobody else claims (E820 type 1) */
};

struct boot_info {
	const char *path; /* "multiboot2 (BIOS)", "multiboot2 (UEFI)", "PVH" */
	char cmdline[BOOT_CMDLINE_MAX];
	bool cmdline_cut; /* it was longer */
	u8 rsdp[36]; /* copy of the ACPI RSDP, if @has_rsdp */
	bool has_rsdp;
	unsigned int nr_ranges;
	bool ranges_cut; /* there were more */
	struct boot_range range[BOOT_RANGES_MAX];
};

/**
 * boot_info_init - read what the loader left
 *
 * Context: boot CPU, once, on the early page tables: reads physical memory below 4 GiB.
 * Return: the information; its @path is NULL if the loader is none that we know.
 */
const struct boot_info *boot_info_init(void);

/* One per loader, called by boot_info_init() with the physical address it passed. */
void multiboot2_parse(struct boot_info *bi, u32 paddr);
void pvh_parse(struct boot_info *bi, u32 paddr);

/* For these: */
void boot_info_add_range(struct boot_info *bi, phys_addr_t base, phys_addr_t size, bool usable);
void boot_info_set_cmdline(struct boot_info *bi, const char *s, size_t max);
void boot_info_set_rsdp(struct boot_info *bi, const void *rsdp, size_t size);

#endif
