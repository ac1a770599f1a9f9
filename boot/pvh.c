/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PVH start information (Xen public/arch-x86/hvm/start_info.h): how QEMU's -kernel
 * starts an ELF image that carries the PHYS32_ENTRY note, without a boot loader.
 */
#include <boot/boot_info.h>
#include <asm/page.h>

#define E820_RAM 1

struct hvm_start_info {
	u32 magic, version, flags, nr_modules;
	u64 modlist_paddr, cmdline_paddr, rsdp_paddr;
	u64 memmap_paddr; /* since version 1 */
	u32 memmap_entries, reserved;
};

struct hvm_memmap_entry {
	u64 addr, size;
	u32 type, reserved;
};

struct hvm_module {
	u64 paddr, size, cmdline_paddr, reserved;
};

void pvh_parse(struct boot_info *bi, u32 paddr)
{
	const struct hvm_start_info *si = __va(paddr);

	bi->path = "PVH";
	if (si->cmdline_paddr)
		boot_info_set_cmdline(bi, __va(si->cmdline_paddr), BOOT_CMDLINE_MAX);
	if (si->rsdp_paddr)
		boot_info_set_rsdp(bi, __va(si->rsdp_paddr), 36);
	if (si->version >= 1) {
		const struct hvm_memmap_entry *e = __va(si->memmap_paddr);

		for (u32 i = 0; i < si->memmap_entries; i++)
			boot_info_add_range(bi, e[i].addr, e[i].size, e[i].type == E820_RAM);
	}
	if (si->modlist_paddr) {
		const struct hvm_module *m = __va(si->modlist_paddr);

		for (u32 i = 0; i < si->nr_modules; i++)
			boot_info_add_range(bi, m[i].paddr, m[i].size, false);
	}
}
