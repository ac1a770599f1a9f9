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
#include <kernel/errno.h>
#include <kernel/param.h>
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

#define MAX_LENGTH	 0x1000000

u32 acpi_apic_id[CONFIG_NR_CPUS];
u16 acpi_pm_timer_port;
bool acpi_pm_timer_32;

static unsigned int maxcpus = CONFIG_NR_CPUS;

static int maxcpus_set(const char *value)
{
	u64 v;

	if (parse_u64(value, &v))
		return -EINVAL;
	/* As Linux, 0 is the boot CPU alone as well. */
	maxcpus = (unsigned int)min(max(v, 1ULL), (u64)CONFIG_NR_CPUS);
	return 0;
}
PARAM(maxcpus,
      "number of CPUs to bring up; 0 or 1: the boot CPU alone, without asking ACPI (default all)",
      maxcpus_set);

/* What can be wrong with a table, and what to do about it. */
enum fault { GOOD, ABOVE_4G, PAST_4G, BAD_LENGTH, BAD_CHECKSUM, BAD_RSDP, NO_ROOT, ABSENT };

#define UPDATE	  "update the firmware, or boot with maxcpus=1"
#define BELOW_4G  "tables are read below 4 GiB only: boot by BIOS, or with maxcpus=1"
#define SWITCH_ON "switch on the firmware's ACPI, or boot with maxcpus=1"

static const char *const fault_text[][2] = {
	[ABOVE_4G] = {"lies above 4 GiB", BELOW_4G},
	[PAST_4G] = {"runs past 4 GiB", BELOW_4G},
	[BAD_LENGTH] = {"has an impossible length", UPDATE},
	[BAD_CHECKSUM] = {"has a wrong checksum", UPDATE},
	[BAD_RSDP] = {"has a wrong extended checksum, and no RSDT to go by", UPDATE},
	[NO_ROOT] = {"names no list of tables", UPDATE},
	[ABSENT] = {"is not in the list of tables", SWITCH_ON},
};

/*
 * A search for one table, and the most specific reason why it may fail: something is wrong with
 * that table (SAME), with a list of tables (LIST), with a table of unknown signature (SOME).
 */
enum how_near { NOWHERE, SOME, LIST, SAME };

struct search {
	const char *signature;
	enum how_near near;
	enum fault fault;
	char what[5];
	u64 at;
};

static void blame(struct search *s, enum how_near near, const char *what, u64 at, enum fault fault)
{
	if (near <= s->near)
		return;
	s->near = near;
	s->fault = fault;
	s->at = at;
	memcpy(s->what, what, 4);
}

static bool sum_is_zero(const void *p, size_t n)
{
	const u8 *b = p;
	u8 sum = 0;

	while (n--)
		sum += *b++;
	return !sum;
}

static enum fault check_table(phys_addr_t pa)
{
	const struct sdt *t = __va(pa);

	if (!boot_info_mapped(pa, sizeof(*t)))
		return ABOVE_4G;
	if (t->length < sizeof(*t) || t->length > MAX_LENGTH)
		return BAD_LENGTH;
	if (!boot_info_mapped(pa, t->length))
		return PAST_4G;
	return sum_is_zero(t, t->length) ? GOOD : BAD_CHECKSUM;
}

/* The table's address may be anything: entries are not aligned, pointers have two sizes. */
static const struct sdt *search_list(struct search *s, const struct sdt *list, size_t size)
{
	const char *p = (const char *)(list + 1), *end = (const char *)list + list->length;

	for (; p + size <= end; p += size) {
		const struct sdt *t;
		enum fault fault;
		u64 pa = 0;
		bool same;

		memcpy(&pa, p, size);
		if (!pa)
			continue;
		t = __va(pa);
		fault = check_table(pa);
		same = fault != ABOVE_4G && !memcmp(t->signature, s->signature, 4);
		if (same && !fault)
			return t;
		if (fault)
			blame(s, same ? SAME : SOME, same ? s->signature : "????", pa, fault);
	}
	return NULL;
}

static const struct sdt *search_at(struct search *s, const char *name, u64 pa, size_t size)
{
	enum fault fault = pa ? check_table(pa) : GOOD;

	if (fault)
		blame(s, LIST, name, pa, fault);
	return pa && !fault ? search_list(s, __va(pa), size) : NULL;
}

/* By the XSDT, and where that does not help by the RSDT. */
static const struct sdt *search(struct search *s, const struct rsdp *r)
{
	bool extended = r->revision >= 2, good = extended && sum_is_zero(r, sizeof(*r));
	const struct sdt *t = good ? search_at(s, "XSDT", r->xsdt, 8) : NULL;

	if (!t)
		t = search_at(s, "RSDT", r->rsdt, 4);
	if (!r->rsdt && extended && !good)
		blame(s, LIST, "RSDP", 0, BAD_RSDP);
	else if (!r->rsdt && !(good && r->xsdt))
		blame(s, LIST, "RSDP", 0, NO_ROOT);
	return t;
}

static void __noreturn die_of(const struct search *s)
{
	const char *what = !strcmp(s->what, "APIC") ? "MADT" : s->what;
	const char *const *text = fault_text[s->fault];

	if (s->near == SOME)
		fatal("ACPI lists no MADT that can be read, and a table at %#llx that %s; %s",
		      (unsigned long long)s->at, text[0], text[1]);
	if (s->at)
		fatal("the ACPI %s at %#llx %s: cannot find the CPUs; %s", what,
		      (unsigned long long)s->at, text[0], text[1]);
	fatal("the ACPI %s %s: cannot find the CPUs; %s", what, text[0], text[1]);
}

static unsigned int nr_listed; /* CPUs that the MADT calls enabled, each once */
static bool boot_cpu_listed;

/*
 * The boot CPU is number 0 wherever the MADT lists it. A CPU that is listed twice, as type 0 and
 * as type 9, is found in acpi_apic_id[], as long as that has room.
 */
static void add_cpu(u32 id)
{
	boot_cpu_listed |= id == acpi_apic_id[0];
	for (unsigned int i = 0; i < nr_cpu_ids; i++)
		if (acpi_apic_id[i] == id)
			return;
	nr_listed++;
	if (nr_cpu_ids < maxcpus)
		acpi_apic_id[nr_cpu_ids++] = id;
}

static void parse_madt(const struct madt *m)
{
	const char *p = (const char *)(m + 1), *end = (const char *)m + m->sdt.length;

	while (p + sizeof(struct madt_entry) <= end) {
		const struct madt_entry *e = (const void *)p;

		if (e->length < sizeof(*e) || p + e->length > end)
			fatal("the ACPI MADT is broken: an entry of %u bytes at offset %lu; " UPDATE,
			      e->length, (unsigned long)(p - (const char *)m));
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

static const struct rsdp *check_rsdp(const struct boot_info *bi)
{
	const struct rsdp *r = (const void *)bi->rsdp;

	if (!bi->has_rsdp)
		fatal("no ACPI RSDP: not from the boot loader (%s), not in the BIOS area; switch ACPI on (QEMU: no acpi=off), or boot with maxcpus=1",
		      bi->path);
	if (memcmp(r->signature, "RSD PTR ", 8))
		fatal("what the boot loader (%s) passes as the ACPI RSDP is none; " UPDATE,
		      bi->path);
	if (!sum_is_zero(r, 20))
		fatal("the ACPI RSDP from the boot loader (%s) has a wrong checksum; " UPDATE,
		      bi->path);
	return r;
}

static void find_cpus(const struct rsdp *r)
{
	struct search s = {.signature = "APIC", .what = "APIC", .fault = ABSENT};
	const struct sdt *madt = search(&s, r);

	if (madt && madt->length < sizeof(struct madt)) {
		blame(&s, SAME, "APIC", __pa(madt), BAD_LENGTH);
		madt = NULL;
	}
	if (!madt)
		die_of(&s);
	parse_madt((const void *)madt);
	if (!nr_listed && !boot_cpu_listed)
		fatal("the ACPI MADT lists no CPU that is enabled; " UPDATE);
	if (!boot_cpu_listed)
		printk("# CPUs: the MADT does not list the boot CPU, APIC ID %#x\n",
		       acpi_apic_id[0]);
}

/* "Up to": CPUs without room may be listed twice, and are then counted twice. */
static void say_who_is_left_out(void)
{
	if (1 + nr_listed == nr_cpu_ids)
		return;
	if (nr_cpu_ids == CONFIG_NR_CPUS)
		printk("# CPUs: the MADT lists up to %u, this image holds %d (CONFIG_NR_CPUS): the others are not used\n",
		       1 + nr_listed, CONFIG_NR_CPUS);
	else
		printk("# CPUs: the MADT lists up to %u, %u are used (maxcpus=%u)\n", 1 + nr_listed,
		       nr_cpu_ids, maxcpus);
}

void acpi_init(const struct boot_info *bi)
{
	struct search s = {.signature = "FACP"};
	const struct rsdp *r = (const void *)bi->rsdp;
	const struct sdt *fadt;
	char value[24];

	maxcpus = CONFIG_NR_CPUS;
	if (cmdline_find(bi->cmdline, "maxcpus", value, sizeof(value)))
		maxcpus_set(value);
	acpi_apic_id[0] = cpu_apic_id();
	nr_cpu_ids = 1;
	nr_listed = 0;
	boot_cpu_listed = false;
	if (maxcpus > 1) {
		r = check_rsdp(bi);
		find_cpus(r);
		say_who_is_left_out();
	}
	fadt = bi->has_rsdp ? search(&s, r) : NULL;
	if (fadt)
		parse_fadt(fadt);
}
