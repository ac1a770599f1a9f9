/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a run ends. QEMU's isa-debug-exit device ends it with status (v << 1) | 1 for a
 * written v; v is 0x10 plus the run's status, so that no status of ours can be
 * mistaken for one of QEMU's own. The device cannot be detected, so its port comes
 * from the command line. Without it the status is printed and every CPU halts.
 */
#include "early.h"
#include "io.h"
#include <kernel/errno.h>
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/smp.h>
#include <asm/setup.h>
#include <asm/smp.h>

#define DEBUG_EXIT_BASE 0x10
#define PORT_DELAY	0x80 /* POST codes; a read takes about a microsecond anywhere */
#define EXIT_SPINS	200000

static u16 debug_exit_port;
static bool halting; /* set once, never cleared */

static int debugexit_set(const char *value)
{
	u64 v;

	if (parse_u64(value, &v) || v < 0x80 || v > 0xfffc)
		return -EINVAL;
	debug_exit_port = (u16)v;
	return 0;
}
PARAM(debugexit, "I/O port of QEMU's isa-debug-exit device (none: halt at the end)", debugexit_set);

/* Early, so that an error before the options are parsed has a status too. */
void shutdown_init(const char *cmdline)
{
	char value[24];

	if (cmdline_find(cmdline, "debugexit", value, sizeof(value)))
		debugexit_set(value);
}

/* Newer QEMUs only request the end here and run the CPU a moment longer: print nothing then. */
static void debug_exit(int status)
{
	outl(debug_exit_port, DEBUG_EXIT_BASE + (u32)status);
	for (int i = 0; i < EXIT_SPINS; i++) {
		inb(PORT_DELAY);
		cpu_relax();
	}
}

static void __noreturn halt(void)
{
	for (;;) {
		insn_cli();
		insn_hlt();
	}
}

static void shutdown_nmi(struct pt_regs *regs, bool irqs_on)
{
	if (READ_ONCE(halting))
		halt();
}
NMI_HANDLER(shutdown_nmi);

void arch_shutdown(int status)
{
	struct cpumask others;

	insn_cli();
	if (debug_exit_port)
		debug_exit(status);
	printk("# done: status %d, halting\n", status);
	cpumask_copy(&others, &cpu_online_mask);
	__cpumask_clear_cpu((unsigned int)raw_smp_processor_id(), &others);
	WRITE_ONCE(halting, true);
	if (!cpumask_empty(&others))
		arch_send_nmi_mask(&others); /* orders the store of halting: see <asm/smp.h> */
	halt();
}
