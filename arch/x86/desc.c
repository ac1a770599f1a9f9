/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments, TSS and IDT. There is no ring 3, so the TSS only carries the stacks for
 * what may hit anywhere or finds the current stack unusable: NMI, double fault, machine
 * check (SDM vol. 3A 6.14.5). All gates are interrupt gates: handlers start with IF=0.
 */
#include "desc.h"
#include "early.h"
#include "traps.h"
#include <kernel/smp.h>
#include <asm/percpu.h>
#include <asm/ptrace.h>

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3, iomap_base;
} __packed;

struct gate {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_mid;
	u32 offset_high, reserved;
};

struct desc_ptr {
	u16 limit;
	u64 base;
} __packed;

#define GATE_INTERRUPT 0x8e /* present, DPL 0, 64-bit interrupt gate */
#define IDT_STUB_SIZE  16 /* entry.S */
#define NR_VECTORS     256

extern const char idt_stubs[]; /* entry.S */

static struct gate idt[NR_VECTORS] __section(".data..idt"); /* shared; written by the boot CPU */

static DEFINE_PER_CPU_ALIGNED(struct tss, tss); /* own CPU, at start-up */
static DEFINE_PER_CPU(u64[6], gdt) = {
	/* own CPU, at start-up */
	0,
	0x00cf9b000000ffff, /* 0x08: 32-bit code */
	0x00cf93000000ffff, /* 0x10: data */
	0x00af9b000000ffff, /* 0x18: KERNEL_CS */
	0,
	0, /* 0x20: TSS_SEL, two entries long */
};

static void lidt(void)
{
	struct desc_ptr p = {sizeof(idt) - 1, (u64)idt};

	__asm__ __volatile__("lidt %0" ::"m"(p));
}

static void lgdt(const void *base, u16 size)
{
	struct desc_ptr p = {size - 1, (u64)base};

	__asm__ __volatile__("lgdt %0" ::"m"(p));
}

static void ltr(u16 sel)
{
	__asm__ __volatile__("ltr %0" ::"r"(sel));
}

static void set_gate(unsigned int vector, enum ist ist)
{
	u64 stub = (u64)idt_stubs + vector * IDT_STUB_SIZE;

	idt[vector] = (struct gate){
		.offset_low = (u16)stub,
		.offset_mid = (u16)(stub >> 16),
		.offset_high = (u32)(stub >> 32),
		.selector = KERNEL_CS,
		.ist = ist,
		.type = GATE_INTERRUPT,
	};
}

void desc_init_early(void)
{
	for (unsigned int v = 0; v < NR_VECTORS; v++)
		set_gate(v, IST_NONE);
	lidt();
}

void desc_alloc(int cpu)
{
	struct tss *t = &per_cpu(tss, cpu);

	t->ist[IST_NMI - 1] = (u64)stacks_alloc_ist();
	t->ist[IST_DF - 1] = (u64)stacks_alloc_ist();
	t->ist[IST_MC - 1] = (u64)stacks_alloc_ist();
	t->iomap_base = sizeof(*t);
}

void desc_init_cpu(void)
{
	u64 base = (u64)this_cpu_ptr(&tss);
	u64 *g = *this_cpu_ptr(&gdt);

	/* 64-bit TSS, available: SDM vol. 3A 7.2.3. */
	g[TSS_SEL / 8] = (sizeof(struct tss) - 1) | (base & 0xffffff) << 16 | 0x89UL << 40 |
			 (base >> 24 & 0xff) << 56;
	g[TSS_SEL / 8 + 1] = base >> 32;
	lgdt(g, sizeof(gdt));
	ltr(TSS_SEL);
	/* A gate with an IST entry needs a TSS: not before the boot CPU has one, and only once. */
	if (!raw_smp_processor_id()) {
		set_gate(TRAP_NMI, IST_NMI);
		set_gate(TRAP_DF, IST_DF);
		set_gate(TRAP_MC, IST_MC);
	}
	lidt();
}
