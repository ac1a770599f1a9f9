/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the boot loader to the kernel's own page tables. Each step needs the one before: the
 * console, the IDT so that faults are reported, memory, ACPI while the early tables still map
 * it, the real tables, and the APIC that they map.
 */
#include "acpi.h"
#include "apic.h"
#include "desc.h"
#include "early.h"
#include "io.h"
#include "time.h"
#include <boot/boot_info.h>
#include <kernel/bug.h>
#include <kernel/irqflags.h>
#include <kernel/string.h>
#include <asm/setup.h>

static char command_line[BOOT_CMDLINE_MAX]; /* parse_params() cuts it up */
static const char *boot_path;

const char *arch_boot_name(void)
{
	return boot_path;
}

/*
 * Both 8259s out of the way: vectors moved off the exceptions, because a spurious IRQ 7
 * comes even when all are masked, then everything masked.
 */
static void pic_disable(void)
{
	outb(0x20, 0x11);
	outb(0xa0, 0x11);
	outb(0x21, 0x20);
	outb(0xa1, 0x28);
	outb(0x21, 0x04);
	outb(0xa1, 0x02);
	outb(0x21, 0x01);
	outb(0xa1, 0x01);
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
}

void setup_arch(char **cmdline)
{
	const struct boot_info *bi;

	bi = boot_info_init();
	boot_path = bi->path;
	strscpy(command_line, bi->cmdline, sizeof(command_line));
	*cmdline = command_line;
	console_init(command_line, &bi->screen);
	shutdown_init(command_line);
	desc_init_early();
	cpu_check();
	time_boot();
	if (!bi->path)
		fatal("started by an unknown boot loader; use GRUB's multiboot2 command or QEMU -kernel");
	if (bi->cmdline_cut)
		fatal("the command line is longer than %d characters", BOOT_CMDLINE_MAX - 1);
	cpu_detect();
	pic_disable();
	memory_init(bi);
	acpi_init(bi);
	kmap_init();
	console_map();
	memory_init_high();
	apic_init(command_line);
}

void arch_cpu_init(void)
{
	desc_init_cpu();
	cpu_init_cr4();
	apic_init_cpu();
}
