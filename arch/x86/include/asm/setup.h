/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_SETUP_H
#define ASM_SETUP_H

#include <kernel/types.h>

/*
 * What the machine does for kernel/main.c, in this order.
 */
void setup_arch(char **cmdline); /* console, memory to memblock, real kernel page tables, ACPI */
void arch_setup_percpu(void); /* per-CPU areas for nr_cpu_ids CPUs, GS of the boot CPU */
void arch_cpu_init(void); /* this CPU: GDT, TSS, IST, CR4, EFER, local APIC, IRQs off */
void arch_time_init(void); /* TSC and APIC timer frequency */
void arch_start_tick(
	void); /* this CPU: timer at CONFIG_HZ (TCG: less above 64 CPUs); waits for all */
u64 arch_tsc_to_ns(u64 ticks); /* nanoseconds that so many ticks of insn_rdtsc() last */
void arch_boot_secondary_cpus(void); /* all of them; each ends in secondary_start() */

/* One line each for the banner: "TCG", "KVM", "bare metal"; CPU model; APIC mode. */
const char *arch_machine_name(void);
const char *arch_cpu_name(void);
const char *arch_apic_name(void);
u64 arch_microcode(void); /* revision of this CPU's; 0 where it does not say */
const char *arch_boot_name(void); /* "multiboot2 (BIOS)", "multiboot2 (UEFI)", "PVH" */

/* Provided by kernel/main.c: where boot/ goes to, with a stack, IRQs off. */
void start_kernel(void) __attribute__((noreturn));

/* Provided by kernel/main.c: an AP's first C function on its own stack, IRQs off. */
void secondary_start(int cpu) __attribute__((noreturn));

void arch_shutdown(int status) __attribute__((noreturn));

/* Stacks of THREAD_SIZE with an unmapped guard page below. NULL when none is left. */
#define THREAD_SIZE 16384
void *arch_alloc_stack(void);

/* Kernel thread switching. */
struct task_struct;
struct task_struct *__switch_to_asm(struct task_struct *prev, struct task_struct *next);
void arch_prepare_stack(struct task_struct *t, void (*entry)(void));

/* Console output of one character, polled. */
void console_putc(char c);

#endif
