/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include <kernel/memblock.h>
#include <kernel/types.h>

/*
 * The boot loader's information, in one form for all loaders. Everything is
 * copied: once boot_info_init() has returned, the loader's own structures may be
 * overwritten.
 */
#define BOOT_CMDLINE_MAX 2048
#define BOOT_MAPPED	 (4ULL << 30) /* the early page tables map this much (head.S) */

/* A screen that the loader left switched on. */
struct boot_screen {
	enum { SCREEN_NONE, SCREEN_TEXT, SCREEN_PIXELS } kind;
	phys_addr_t address;
	u32 pitch; /* bytes a line */
	u32 width, height; /* in characters or in pixels */
	u32 pixel; /* bytes each, 2 to 4 */
};

struct boot_info {
	const char *path; /* "multiboot2 (BIOS)", "multiboot2 (UEFI)", "PVH" */
	char cmdline[BOOT_CMDLINE_MAX];
	bool cmdline_cut; /* it was longer */
	u8 rsdp[36]; /* copy of the ACPI RSDP, if @has_rsdp */
	bool has_rsdp;
	struct boot_screen screen;
	/* What in the loader's information makes no sense, or NULL. Then no part of it can be trusted. */
	const char *damage;
	struct mem_ranges usable; /* what the memory map calls RAM (E820 type 1) */
	struct mem_ranges claimed; /* all other types: not used, whatever overlaps */
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
bool boot_info_mapped(u64 paddr, u64 size); /* all of it below BOOT_MAPPED */
void boot_info_add_range(struct boot_info *bi, phys_addr_t base, phys_addr_t size, bool usable);
void boot_info_set_cmdline(struct boot_info *bi, const char *s, size_t max);
void boot_info_set_rsdp(struct boot_info *bi, const void *rsdp, size_t size);

#endif
