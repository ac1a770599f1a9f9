/* SPDX-License-Identifier: GPL-2.0 */
/* Multiboot2 boot information (specification 2.0, section 3.6): a list of tags. */
#include <boot/boot_info.h>
#include <kernel/compiler.h>
#include <asm/page.h>

enum mb2_tag_type {
	MB2_END = 0,
	MB2_CMDLINE = 1,
	MB2_MODULE = 3,
	MB2_MMAP = 6,
	MB2_EFI32 = 11,
	MB2_EFI64 = 12,
	MB2_ACPI_OLD = 14,
	MB2_ACPI_NEW = 15,
};

struct mb2_tag {
	u32 type, size; /* size without the padding to 8 bytes */
};

struct mb2_module {
	struct mb2_tag tag;
	u32 start, end;
};

struct mb2_mmap {
	struct mb2_tag tag;
	u32 entry_size, entry_version;
};

struct mb2_mmap_entry {
	u64 base, length;
	u32 type, zero; /* type 1: usable */
};

static void parse_mmap(struct boot_info *bi, const struct mb2_mmap *m)
{
	const char *p = (const char *)(m + 1), *end = (const char *)m + m->tag.size;

	if (m->entry_size < sizeof(struct mb2_mmap_entry))
		return;
	for (; p + sizeof(struct mb2_mmap_entry) <= end; p += m->entry_size) {
		const struct mb2_mmap_entry *e = (const void *)p;

		boot_info_add_range(bi, e->base, e->length, e->type == 1);
	}
}

void multiboot2_parse(struct boot_info *bi, u32 paddr)
{
	u32 total = *(const u32 *)__va(paddr);
	bool new_rsdp = false;

	bi->path = "multiboot2 (BIOS)";
	for (u32 off = 8; off + sizeof(struct mb2_tag) <= total;) {
		const struct mb2_tag *tag = __va(paddr + off);
		const void *data = tag + 1;

		if (tag->type == MB2_END || tag->size < sizeof(*tag) || tag->size > total - off)
			break;
		switch (tag->type) {
		case MB2_CMDLINE:
			boot_info_set_cmdline(bi, data, tag->size - sizeof(*tag));
			break;
		case MB2_MODULE: {
			/* Nobody asked for modules; they must not corrupt what we put there. */
			const struct mb2_module *m = (const void *)tag;

			boot_info_add_range(bi, m->start, m->end - m->start, false);
			break;
		}
		case MB2_MMAP:
			parse_mmap(bi, (const void *)tag);
			break;
		case MB2_EFI32:
		case MB2_EFI64:
			bi->path = "multiboot2 (UEFI)";
			break;
		case MB2_ACPI_OLD:
			if (!new_rsdp)
				boot_info_set_rsdp(bi, data, tag->size - sizeof(*tag));
			break;
		case MB2_ACPI_NEW:
			boot_info_set_rsdp(bi, data, tag->size - sizeof(*tag));
			new_rsdp = true;
			break;
		}
		off += ALIGN(tag->size, 8U);
	}
}
