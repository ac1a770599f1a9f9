/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_APIC_H
#define X86_APIC_H

#include <kernel/compiler.h>
#include <kernel/cpumask.h>
#include <kernel/types.h>

/*
 * The local APIC. Two variants, xAPIC (registers in memory) and x2APIC (registers in
 * MSRs), one chosen at boot for all CPUs. Registers are named by their xAPIC offset.
 */
#define APIC_ID	      0x020
#define APIC_VERSION  0x030
#define APIC_TPR      0x080
#define APIC_EOI      0x0b0
#define APIC_LDR      0x0d0
#define APIC_DFR      0x0e0
#define APIC_SVR      0x0f0
#define APIC_ISR      0x100
#define APIC_ESR      0x280
#define APIC_ICR      0x300
#define APIC_ICR2     0x310
#define APIC_LVTT     0x320
#define APIC_LVTTHMR  0x330
#define APIC_LVTPC    0x340
#define APIC_LVT0     0x350
#define APIC_LVT1     0x360
#define APIC_LVTERR   0x370
#define APIC_TMICT    0x380
#define APIC_TMCCT    0x390
#define APIC_TDCR     0x3e0

#define SVR_ENABLE    BIT(8)
#define LVT_MASKED    BIT(16)
#define LVT_PERIODIC  BIT(17)
#define TDCR_DIV_1    0xb

/* ICR, low half: SDM vol. 3A 11.6.1. */
#define ICR_FIXED     0x00000
#define ICR_NMI	      0x00400
#define ICR_INIT      0x00500
#define ICR_STARTUP   0x00600
#define ICR_LOGICAL   0x00800
#define ICR_PENDING   0x01000
#define ICR_ASSERT    0x04000
#define ICR_TO_OTHERS 0xc0000

/**
 * struct apic_ops - how one kind of local APIC is driven
 * @name: for the banner
 * @enable: bring this CPU's APIC into this mode; before everything else on a CPU
 * @read: a register of this CPU's APIC
 * @write: the same; not for the ICR
 * @icr: one ICR write: @low with @dest, an APIC ID or a logical destination. Orders it
 *       behind all earlier stores of this CPU.
 * @setup_logical: this CPU's logical destination
 * @logical: what logical destinations are called, for messages
 * @has_logical: whether every CPU has one
 * @logical_id: that of a CPU: one of the lower 16 bits, and above them its cluster
 * @send_logical: @low, a fixed or NMI delivery, to the logical destinations of @mask, with as few
 *                writes as this kind of APIC can
 */
struct apic_ops {
	const char *name;
	void (*enable)(void);
	u32 (*read)(u32 reg);
	void (*write)(u32 reg, u32 v);
	void (*icr)(u32 low, u32 dest);
	void (*setup_logical)(void);
	const char *logical;
	bool (*has_logical)(void);
	u32 (*logical_id)(unsigned int cpu);
	void (*send_logical)(const struct cpumask *mask, u32 low);
};
extern const struct apic_ops apic_xapic, apic_x2apic;
/* A copy of the ops that apic_init() chose: so each EOI takes one load, from a warm page. */
extern struct apic_ops apic;

void apic_init(const char *cmdline); /* boot CPU: choose; map xAPIC's registers */
void apic_init_cpu(void); /* this CPU: enable, all local interrupts masked */
bool apic_in_service(unsigned int vector);

/* Each file's own preparations, called by apic_init(). */
void apic_xapic_map(void);
void apic_x2apic_clusters(void);

/* How a mask is addressed; ipi.c sends, ipi_try.c finds out which ways arrive. */
typedef void (*ipi_send_t)(const struct cpumask *mask, u32 low);

void ipi_send_physical(const struct cpumask *mask, u32 low);
void ipi_send_shorthand(const struct cpumask *mask, u32 low); /* to all others, whatever @mask is */
void ipi_use(ipi_send_t fixed, ipi_send_t nmi, bool shorthand);

static inline void apic_eoi(void)
{
	apic.write(APIC_EOI, 0);
}

#endif
