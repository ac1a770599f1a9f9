/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ACPI, as little as finds the CPUs: RSDP, RSDT or XSDT, MADT entries of type 0 and 9,
 * and in the FADT the PM timer (ACPI 6.5 5.2.5 … 5.2.12, 4.8.3.3). Each table's checksum
 * is verified.
 */
#include "acpi.h"
#include "cpu.h"
#include <boot/boot_info.h>
#include <kernel/bug.h>
#include <kernel/cpumask.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <asm/page.h>

struct rsdp {
	char signature[8];
	u8 checksum;
	char oem_id[6];
	u8 revision;
	u32 rsdt;
	u32 length; /* from here on: revision >= 2 */
	u64 xsdt;
	u8 checksum_all;
	u8 reserved[3];
} __packed;

struct sdt {
	char signature[4];
	u32 length;
	u8 revision, checksum;
	char oem_id[6], oem_table_id[8];
	u32 oem_revision, creator_id, creator_revision;
} __packed;

struct madt {
	struct sdt sdt;
	u32 lapic_address, flags;
} __packed;

struct madt_entry {
	u8 type, length;
} __packed;

struct madt_lapic {
	struct madt_entry head;
	u8 uid, apic_id;
	u32 flags;
} __packed;

struct madt_x2apic {
	struct madt_entry head;
	u16 reserved;
	u32 apic_id, flags, uid;
} __packed;

#define MADT_LAPIC	 0
#define MADT_X2APIC	 9
#define MADT_ENABLED	 BIT(0)
#define FADT_PM_TMR_BLK	 76
#define FADT_PM_TMR_LEN	 91
#define FADT_FLAGS	 112
#define FADT_TMR_VAL_EXT BIT(8)
#define FADT_HW_REDUCED	 BIT(20)

#define MAPPED		 (4UL << 30) /* head.S */

u32 acpi_apic_id[CONFIG_NR_CPUS];
u16 acpi_pm_timer_port;
bool acpi_pm_timer_32;

static bool sum_is_zero(const void *p, size_t n)
{
	const u8 *b = p;
	u8 sum = 0;

	while (n--)
		sum += *b++;
	return !sum;
}

static const struct sdt *table_at(phys_addr_t pa)
{
	const struct sdt *t = __va(pa);

	if (!pa || pa >= MAPPED - PAGE_SIZE || t->length < sizeof(*t) || t->length > 0x1000000 ||
	    !sum_is_zero(t, t->length))
		return NULL;
	return t;
}

/* The table's address may be anything: entries are not aligned, pointers have two sizes. */
static const struct sdt *find_table(const struct sdt *root, size_t size, const char *signature)
{
	const char *p = (const char *)(root + 1), *end = (const char *)root + root->length;

	for (; p + size <= end; p += size) {
		const struct sdt *t;
		u64 pa = 0;

		memcpy(&pa, p, size);
		t = table_at(pa);
		if (t && !memcmp(t->signature, signature, 4))
			return t;
	}
	return NULL;
}

static const struct sdt *find(const struct rsdp *r, const char *signature)
{
	const struct sdt *root, *t = NULL;

	if (r->revision >= 2 && sum_is_zero(r, sizeof(*r))) {
		root = table_at(r->xsdt);
		if (root)
			t = find_table(root, 8, signature);
	}
	root = table_at(r->rsdt);
	return t || !root ? t : find_table(root, 4, signature);
}

/* The boot CPU's entry is skipped: it is number 0 wherever the MADT lists it. */
static void add_cpu(u32 id)
{
	for (unsigned int i = 0; i < nr_cpu_ids; i++)
		if (acpi_apic_id[i] == id)
			return;
	if (nr_cpu_ids == CONFIG_NR_CPUS)
		die("the machine has more than %d CPUs: raise CONFIG_NR_CPUS in <kernel/config.h>",
		    CONFIG_NR_CPUS);
	acpi_apic_id[nr_cpu_ids++] = id;
}

static void parse_madt(const struct madt *m)
{
	const char *p = (const char *)(m + 1), *end = (const char *)m + m->sdt.length;

	while (p + sizeof(struct madt_entry) <= end) {
		const struct madt_entry *e = (const void *)p;

		if (e->length < sizeof(*e) || p + e->length > end)
			die("ACPI MADT is broken: entry of %u bytes at offset %lu", e->length,
			    (unsigned long)(p - (const char *)m));
		if (e->type == MADT_LAPIC && e->length >= sizeof(struct madt_lapic)) {
			const struct madt_lapic *l = (const void *)p;

			if ((l->flags & MADT_ENABLED) && l->apic_id != 0xff)
				add_cpu(l->apic_id);
		} else if (e->type == MADT_X2APIC && e->length >= sizeof(struct madt_x2apic)) {
			const struct madt_x2apic *x = (const void *)p;

			if ((x->flags & MADT_ENABLED) && x->apic_id != 0xffffffff)
				add_cpu(x->apic_id);
		}
		p += e->length;
	}
}

static void parse_fadt(const struct sdt *fadt)
{
	const u8 *b = (const void *)fadt;
	u32 port, flags;

	if (fadt->length < FADT_FLAGS + 4)
		return;
	memcpy(&port, b + FADT_PM_TMR_BLK, 4);
	memcpy(&flags, b + FADT_FLAGS, 4);
	if ((flags & FADT_HW_REDUCED) || b[FADT_PM_TMR_LEN] != 4 || !port || port > 0xfffc)
		return;
	acpi_pm_timer_port = (u16)port;
	acpi_pm_timer_32 = flags & FADT_TMR_VAL_EXT;
}

void acpi_init(const struct boot_info *bi)
{
	const struct rsdp *r = (const void *)bi->rsdp;
	const struct sdt *madt, *fadt;

	if (!bi->has_rsdp)
		die("no ACPI RSDP: not from the boot loader (%s), not in the BIOS area; switch ACPI on (QEMU: no acpi=off)",
		    bi->path);
	if (memcmp(r->signature, "RSD PTR ", 8) || !sum_is_zero(r, 20))
		die("the ACPI RSDP from the boot loader (%s) is damaged", bi->path);
	madt = find(r, "APIC");
	if (!madt || madt->length < sizeof(struct madt))
		die("ACPI has no valid MADT: cannot find the CPUs; update or switch on the firmware's ACPI");
	acpi_apic_id[0] = cpu_apic_id();
	nr_cpu_ids = 1;
	parse_madt((const void *)madt);
	fadt = find(r, "FACP");
	if (fadt)
		parse_fadt(fadt);
}
