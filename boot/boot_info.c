/* SPDX-License-Identifier: GPL-2.0 */
/* Which boot loader was used, and where the RSDP is if it did not pass one. */
#include <boot/boot_info.h>
#include <kernel/compiler.h>
#include <kernel/string.h>
#include <asm/page.h>

#define MULTIBOOT2_MAGIC 0x36d76289U
#define PVH_MAGIC	 0x336ec578U

extern u32 boot_magic, boot_info_paddr; /* head.S */

static struct boot_info boot_info;

void boot_info_add_range(struct boot_info *bi, phys_addr_t base, phys_addr_t size, bool usable)
{
	phys_addr_t end = base + size;

	if (!size)
		return;
	if (end < base) { /* past the end of all addresses */
		if (usable)
			return;
		end = ~0ULL;
	}
	if (usable)
		mem_ranges_offer(&bi->usable, base, end);
	else
		mem_ranges_claim(&bi->claimed, base, end);
}

bool boot_info_mapped(u64 paddr, u64 size)
{
	return paddr <= BOOT_MAPPED && size <= BOOT_MAPPED - paddr;
}

void boot_info_set_cmdline(struct boot_info *bi, const char *s, size_t max)
{
	size_t n = 0;

	while (n < min_t(size_t, max, BOOT_CMDLINE_MAX) && s[n])
		n++;
	bi->cmdline_cut = n >= BOOT_CMDLINE_MAX;
	if (bi->cmdline_cut)
		n = BOOT_CMDLINE_MAX - 1;
	memcpy(bi->cmdline, s, n);
	bi->cmdline[n] = '\0';
}

/* ACPI 6.5 5.2.5.3: 20 bytes in revision 0, 36 since revision 2. Checked in acpi.c. */
void boot_info_set_rsdp(struct boot_info *bi, const void *rsdp, size_t size)
{
	memset(bi->rsdp, 0, sizeof(bi->rsdp));
	memcpy(bi->rsdp, rsdp, min(size, sizeof(bi->rsdp)));
	bi->has_rsdp = true;
}

static bool rsdp_search(struct boot_info *bi, phys_addr_t from, phys_addr_t to)
{
	for (phys_addr_t pa = ALIGN(from, 16UL); pa + 20 <= to; pa += 16) {
		const u8 *p = __va(pa);
		u8 sum = 0;

		if (memcmp(p, "RSD PTR ", 8))
			continue;
		for (int i = 0; i < 20; i++)
			sum += p[i];
		if (sum)
			continue;
		boot_info_set_rsdp(bi, p, p[15] ? 36 : 20);
		return true;
	}
	return false;
}

/* ACPI 6.5 5.2.5.1: the first KiB of the EBDA, then the BIOS area. */
static void rsdp_search_bios(struct boot_info *bi)
{
	u16 segment;
	phys_addr_t ebda;

	memcpy(&segment, __va(0x40e), sizeof(segment));
	ebda = (phys_addr_t)segment << 4;
	if (ebda >= 0x80000 && ebda < 0xa0000 && rsdp_search(bi, ebda, ebda + 1024))
		return;
	rsdp_search(bi, 0xe0000, 0x100000);
}

const struct boot_info *boot_info_init(void)
{
	if (boot_magic == MULTIBOOT2_MAGIC)
		multiboot2_parse(&boot_info, boot_info_paddr);
	else if (boot_magic == PVH_MAGIC)
		pvh_parse(&boot_info, boot_info_paddr);
	if (!boot_info.has_rsdp)
		rsdp_search_bios(&boot_info);
	return &boot_info;
}
