/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Multiboot2 boot information (specification 2.0, section 3.6): a list of tags. Nothing is read
 * that does not lie within the list, and within its tag. A damaged list may lack a part of
 * the memory map, so that reserved memory looks free: it is refused with an error.
 */
#include <boot/boot_info.h>
#include <kernel/compiler.h>
#include <asm/page.h>

enum mb2_tag_type {
	MB2_END = 0,
	MB2_CMDLINE = 1,
	MB2_MODULE = 3,
	MB2_MMAP = 6,
	MB2_FRAMEBUFFER = 8,
	MB2_EFI32 = 11,
	MB2_EFI64 = 12,
	MB2_ACPI_OLD = 14,
	MB2_ACPI_NEW = 15,
};

/* Packed: aligned to 8 bytes by the specification, not by every loader. */
struct mb2_info {
	u32 size, reserved; /* of the whole list, this included */
} __packed;

struct mb2_tag {
	u32 type, size; /* size without the padding to 8 bytes */
} __packed;

struct mb2_module {
	struct mb2_tag tag;
	u32 start, end;
} __packed;

struct mb2_mmap {
	struct mb2_tag tag;
	u32 entry_size, entry_version;
} __packed;

struct mb2_mmap_entry {
	u64 base, length;
	u32 type, zero; /* type 1: usable */
} __packed;

struct mb2_framebuffer {
	struct mb2_tag tag;
	u64 address;
	u32 pitch, width, height;
	u8 depth, type; /* bits a pixel; 1: RGB, 2: text */
	u16 reserved;
} __packed;

#define MB2_RGB	   1
#define MB2_TEXT   2
#define MAX_SCREEN (192U << 20) /* bytes: what is mapped of it at most */

static const char *parse_mmap(struct boot_info *bi, const struct mb2_tag *tag)
{
	const struct mb2_mmap *m = (const void *)tag;
	u32 size, off;

	if (tag->size < sizeof(*m))
		return "the memory map's tag is too short";
	size = tag->size - sizeof(*m);
	if (m->entry_size < sizeof(struct mb2_mmap_entry))
		return "the memory map's entries are too short";
	if (size % m->entry_size)
		return "the memory map ends in the middle of an entry";
	for (off = 0; off < size; off += m->entry_size) {
		const struct mb2_mmap_entry *e = (const void *)((const char *)(m + 1) + off);

		boot_info_add_range(bi, e->base, e->length, e->type == 1);
	}
	return NULL;
}

/* Modules are not used. Their memory counts as reserved. */
static const char *parse_module(struct boot_info *bi, const struct mb2_tag *tag)
{
	const struct mb2_module *m = (const void *)tag;

	if (tag->size < sizeof(*m) || m->end < m->start)
		return "a module's tag makes no sense";
	boot_info_add_range(bi, m->start, m->end - m->start, false);
	return NULL;
}

/* Nothing depends on a screen: one that cannot be is left alone. Its memory counts as reserved. */
static void parse_framebuffer(struct boot_info *bi, const struct mb2_tag *tag)
{
	const struct mb2_framebuffer *f = (const void *)tag;
	struct boot_screen s;
	u64 size;

	if (tag->size < sizeof(*f))
		return;
	s = (struct boot_screen){
		.kind = f->type == MB2_TEXT ? SCREEN_TEXT : SCREEN_PIXELS,
		.address = f->address,
		.pitch = f->pitch,
		.width = f->width,
		.height = f->height,
		.pixel = f->type == MB2_TEXT ? 2 : DIV_ROUND_UP(f->depth, 8),
	};
	size = (u64)s.pitch * s.height;
	if ((f->type != MB2_RGB && f->type != MB2_TEXT) || s.pixel < 2 || s.pixel > 4)
		return;
	if (!s.width || !s.height || s.pitch < (u64)s.width * s.pixel || size > MAX_SCREEN)
		return;
	if (s.address + size < size ||
	    (s.kind == SCREEN_TEXT && !boot_info_mapped(s.address, size)))
		return;
	boot_info_add_range(bi, s.address, size, false);
	bi->screen = s;
}

/* @new_rsdp: of ACPI 2.0 and later, which is preferred whichever comes first. */
static const char *parse_tag(struct boot_info *bi, const struct mb2_tag *tag, bool *new_rsdp)
{
	const void *data = tag + 1;

	switch (tag->type) {
	case MB2_CMDLINE:
		boot_info_set_cmdline(bi, data, tag->size - sizeof(*tag));
		break;
	case MB2_MODULE:
		return parse_module(bi, tag);
	case MB2_MMAP:
		return parse_mmap(bi, tag);
	case MB2_FRAMEBUFFER:
		parse_framebuffer(bi, tag);
		break;
	case MB2_EFI32:
	case MB2_EFI64:
		bi->path = "multiboot2 (UEFI)";
		break;
	case MB2_ACPI_OLD:
		if (!*new_rsdp)
			boot_info_set_rsdp(bi, data, tag->size - sizeof(*tag));
		break;
	case MB2_ACPI_NEW:
		boot_info_set_rsdp(bi, data, tag->size - sizeof(*tag));
		*new_rsdp = true;
		break;
	}
	return NULL;
}

static const char *parse_tags(struct boot_info *bi, u32 paddr)
{
	const struct mb2_info *info = __va(paddr);
	bool new_rsdp = false;
	u64 off = sizeof(*info);

	if (!boot_info_mapped(paddr, sizeof(*info)) || !boot_info_mapped(paddr, info->size))
		return "it does not end below 4 GiB";
	while (off + sizeof(struct mb2_tag) <= info->size) {
		const struct mb2_tag *tag = __va(paddr + off);
		const char *damage;

		if (tag->size < sizeof(*tag) || tag->size > info->size - off)
			return "a tag is longer than the list, or shorter than a tag";
		if (tag->type == MB2_END)
			return NULL;
		damage = parse_tag(bi, tag, &new_rsdp);
		if (damage)
			return damage;
		off += ALIGN((u64)tag->size, 8);
	}
	return "the list has no last tag";
}

void multiboot2_parse(struct boot_info *bi, u32 paddr)
{
	bi->path = "multiboot2 (BIOS)";
	bi->damage = parse_tags(bi, paddr);
}
