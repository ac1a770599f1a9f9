/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PVH start information (Xen public/arch-x86/hvm/start_info.h): how QEMU's -kernel
 * starts an ELF image that carries the PHYS32_ENTRY note, without a boot loader.
 */
#include <boot/boot_info.h>
#include <kernel/compiler.h>
#include <asm/page.h>

#define E820_RAM 1

/* Packed: aligned to 8 bytes by the specification, not by every loader. */
struct hvm_start_info {
	u32 magic, version, flags, nr_modules;
	u64 modlist_paddr, cmdline_paddr, rsdp_paddr;
	u64 memmap_paddr; /* since version 1 */
	u32 memmap_entries, reserved;
} __packed;

struct hvm_memmap_entry {
	u64 addr, size;
	u32 type, reserved;
} __packed;

struct hvm_module {
	u64 paddr, size, cmdline_paddr, reserved;
} __packed;

static const char *parse_memmap(struct boot_info *bi, u64 paddr, u32 n)
{
	const struct hvm_memmap_entry *e = __va(paddr);

	if (!boot_info_mapped(paddr, (u64)n * sizeof(*e)))
		return "the memory map does not end below 4 GiB";
	for (u32 i = 0; i < n; i++)
		boot_info_add_range(bi, e[i].addr, e[i].size, e[i].type == E820_RAM);
	return NULL;
}

static const char *parse_modules(struct boot_info *bi, u64 paddr, u32 n)
{
	const struct hvm_module *m = __va(paddr);

	if (!boot_info_mapped(paddr, (u64)n * sizeof(*m)))
		return "the list of modules does not end below 4 GiB";
	for (u32 i = 0; i < n; i++)
		boot_info_add_range(bi, m[i].paddr, m[i].size, false);
	return NULL;
}

static const char *parse(struct boot_info *bi, const struct hvm_start_info *si)
{
	const char *damage = NULL;

	if (si->cmdline_paddr) {
		if (!boot_info_mapped(si->cmdline_paddr, 1))
			return "the command line does not lie below 4 GiB";
		boot_info_set_cmdline(bi, __va(si->cmdline_paddr), BOOT_MAPPED - si->cmdline_paddr);
	}
	if (si->rsdp_paddr) {
		if (!boot_info_mapped(si->rsdp_paddr, sizeof(bi->rsdp)))
			return "the RSDP does not lie below 4 GiB";
		boot_info_set_rsdp(bi, __va(si->rsdp_paddr), sizeof(bi->rsdp));
	}
	if (si->version >= 1)
		damage = parse_memmap(bi, si->memmap_paddr, si->memmap_entries);
	if (!damage && si->modlist_paddr)
		damage = parse_modules(bi, si->modlist_paddr, si->nr_modules);
	return damage;
}

void pvh_parse(struct boot_info *bi, u32 paddr)
{
	bi->path = "PVH";
	bi->damage = boot_info_mapped(paddr, sizeof(struct hvm_start_info))
			     ? parse(bi, __va(paddr))
			     : "it does not end below 4 GiB";
}
