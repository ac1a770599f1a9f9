/* SPDX-License-Identifier: GPL-2.0 */
/* One function a kind of input. */
#include "acpi.h"
#include "apic.h"
#include "cpu.h"
#include "early.h"
#include "harness.h"
#include <boot/boot_info.h>
#include <kernel/memblock.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/page.h>
#include <asm/setup.h>
#include <asm/smp.h>

unsigned int nr_cpu_ids = 1;
struct cpumask cpu_online_mask;
typeof(cpu_number) cpu_number;
static u32 boot_apic_id;
bool harness_x2apic;
extern u32 boot_magic, boot_info_paddr; /* head.S */
u32 boot_magic, boot_info_paddr;

u32 cpu_apic_id(void)
{
	return boot_apic_id;
}

bool cpu_offers_x2apic(void)
{
	return harness_x2apic;
}

void *kmap_mmio(phys_addr_t pa, size_t size)
{
	static char page[4096];

	return page;
}

/* Bytes that would not stay in their column as %xx. */
static void print_text(const char *s)
{
	for (; *s; s++)
		out(*s > ' ' && *s <= '~' && *s != '%' ? "%c" : "%%%02x", (u8)*s);
}

/* Where the memory is */

static void print_range(phys_addr_t base, phys_addr_t end)
{
	out(" %llx-%llx", (unsigned long long)base, (unsigned long long)end);
}

static struct boot_info *fresh(void)
{
	static struct boot_info bi;

	memset(&bi, 0, sizeof(bi));
	return &bi;
}

static void print_info(const struct boot_info *bi)
{
	out("%s\t", bi->path);
	print_text(bi->cmdline);
	out("\t%d", bi->has_rsdp);
	if (bi->screen.kind != SCREEN_NONE)
		out(" %u:%llx:%x:%x:%x:%x", bi->screen.kind, (unsigned long long)bi->screen.address,
		    bi->screen.pitch, bi->screen.width, bi->screen.height, bi->screen.pixel);
	out("\t");
	memory_init(bi);
	memory_for_each(print_range);
}

void run_multiboot2(const struct input *in)
{
	struct boot_info *bi = fresh();

	multiboot2_parse(bi, (u32)in->arg);
	print_info(bi);
}

void run_pvh(const struct input *in)
{
	struct boot_info *bi = fresh();

	pvh_parse(bi, (u32)in->arg);
	print_info(bi);
}

/* Which CPUs there are. The bytes: RSDP of 36 bytes or none, then the command line. */
void run_acpi(const struct input *in)
{
	struct boot_info *bi = fresh();
	u32 rsdp = min(in->size, 36u);

	bi->path = "test";
	if (rsdp == 36)
		boot_info_set_rsdp(bi, in->data, rsdp);
	boot_info_set_cmdline(bi, (const char *)in->data + rsdp, in->size - rsdp);
	boot_apic_id = (u32)in->arg;
	acpi_pm_timer_port = 0;
	acpi_init(bi);
	out("%x\t", acpi_pm_timer_port);
	for (unsigned int i = 0; i < nr_cpu_ids; i++)
		out(" %x", acpi_apic_id[i]);
}

/* The command line: what parse_params() sets, then what those that come early find. */
static int note(const char *name, const char *value)
{
	out(" %s=", name);
	print_text(value);
	return 0;
}

static int alpha_set(const char *value)
{
	return note("alpha", value);
}
PARAM(alpha, "first", alpha_set);

static int beta_set(const char *value)
{
	u64 v;
	int ret = parse_u64(value, &v);

	return ret ? ret : note("beta", value);
}
PARAM(beta, "second, a number", beta_set);

void run_params(const struct input *in)
{
	struct boot_info *bi = fresh();
	char value[16];

	boot_info_set_cmdline(bi, (const char *)in->data, in->size);
	if (cmdline_find(bi->cmdline, "alpha", value, sizeof(value)))
		print_text(value);
	else
		out("(none)");
	out("\t");
	parse_params(bi->cmdline);
}

/*
 * Where IPIs go. The bytes: 32 bits an APIC ID, then a byte a CPU: 1 in the mask. The argument: bit
 * 0 x2APIC, bit 1 logical destinations, bit 2 the shorthand.
 */
static void print_icr(u32 low, u32 dest)
{
	out(" %x:%x", low, dest);
}

void run_ipi(const struct input *in)
{
	unsigned int n = in->size / 5;
	struct cpumask mask = {0};

	harness_x2apic = in->arg & 1;
	if (!memblock_total())
		memblock_add(16UL << 20, 64UL << 20);
	memcpy(acpi_apic_id, in->data, n * 4);
	nr_cpu_ids = n;
	apic_init("");
	out("%s\t", arch_apic_name());
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		out(" %x", acpi_apic_id[cpu]);
	out("\t");
	cpumask_clear(&cpu_online_mask);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		__cpumask_set_cpu(cpu, &cpu_online_mask);
		if (cpu && in->data[n * 4 + cpu])
			__cpumask_set_cpu(cpu, &mask);
	}
	apic.icr = print_icr;
	ipi_use(in->arg & 2 && apic.has_logical() ? apic.send_logical : ipi_send_physical,
		ipi_send_physical, in->arg & 4);
	if (!cpumask_empty(&mask))
		arch_send_call_function_ipi_mask(&mask);
}
