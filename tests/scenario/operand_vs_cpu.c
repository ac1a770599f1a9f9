/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions with operands that a CPU refuses, or that cannot be meant (arch/model/operands.c):
 * each is a verdict. Not part of the image, where most of them would be a #GP.
 *
 *	CPU0 executes one			CPU1 idle
 */
#include <kernel/busted.h>
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/preempt.h>
#include <kernel/smp.h>
#include <asm/invlpgb.h>
#include <asm/pgtable_types.h>
#include <asm/smp.h>
#include <tests/scenario.h>

DEFINE_BUSTED(operand_cr3_reserved, "MOV to CR3 sets a reserved bit");
DEFINE_BUSTED(operand_cr3_no_page, "MOV to CR3 of a table beyond memory");
DEFINE_BUSTED(operand_cr3_noflush, "MOV to CR3 with bit 63 and CR4.PCIDE=0");
DEFINE_BUSTED(operand_cr3_pcid, "MOV to CR3 with a PCID and CR4.PCIDE=0");
DEFINE_BUSTED(operand_cr4_reserved, "MOV to CR4 sets a bit that is undefined in the model");
DEFINE_BUSTED(operand_cr4_no_pcids, "CR4.PCIDE=1 on a CPU without PCIDs");
DEFINE_BUSTED(operand_cr4_late, "CR4.PCIDE=1 with a PCID in CR3");
DEFINE_BUSTED(operand_invlpg_address, "INVLPG of a non-canonical address");
DEFINE_BUSTED(operand_invpcid_none, "INVPCID on a CPU without it");
DEFINE_BUSTED(operand_invpcid_type, "INVPCID of type 4");
DEFINE_BUSTED(operand_invpcid_reserved, "INVPCID with a reserved bit in its descriptor");
DEFINE_BUSTED(operand_invpcid_pcide, "INVPCID of a PCID with CR4.PCIDE=0");
DEFINE_BUSTED(operand_invpcid_address, "INVPCID of a non-canonical address");
DEFINE_BUSTED(operand_invpcid_all, "INVPCID of all PCIDs names one");
DEFINE_BUSTED(operand_invlpgb_none, "INVLPGB on a CPU without it");
DEFINE_BUSTED(operand_invlpgb_rax, "INVLPGB with a reserved bit in RAX");
DEFINE_BUSTED(operand_invlpgb_ecx, "INVLPGB with a reserved bit in ECX");
DEFINE_BUSTED(operand_invlpgb_edx, "INVLPGB with a reserved bit in EDX");
DEFINE_BUSTED(operand_invlpgb_no_asid, "INVLPGB does not say that its ASID is valid");
DEFINE_BUSTED(operand_invlpgb_no_pcid, "INVLPGB of an address in all PCIDs");
DEFINE_BUSTED(operand_invlpgb_global, "INVLPGB of global pages");
DEFINE_BUSTED(operand_invlpgb_final, "INVLPGB of final translations only");
DEFINE_BUSTED(operand_invlpgb_guest, "INVLPGB of a guest's ASID");
DEFINE_BUSTED(operand_invlpgb_unsaid, "INVLPGB names a PCID and does not say that it is valid");
DEFINE_BUSTED(operand_invlpgb_pages, "INVLPGB counts pages and has no address");
DEFINE_BUSTED(operand_invlpgb_pcide, "INVLPGB of a PCID with CR4.PCIDE=0");
DEFINE_BUSTED(operand_invlpgb_many, "INVLPGB of more pages than the CPU takes");
DEFINE_BUSTED(operand_invlpgb_address, "INVLPGB of a non-canonical address");
DEFINE_BUSTED(operand_tlbsync_none, "TLBSYNC on a CPU without INVLPGB");
DEFINE_BUSTED(operand_icr_nobody, "an interrupt to a CPU that does not exist");
DEFINE_BUSTED(operand_sti_nmi, "STI in an NMI handler");
DEFINE_BUSTED(operand_hlt_irqs_on, "STI; HLT with interrupts on");

#define ADDR	      PMD_SIZE
#define NON_CANONICAL BIT(47)
#define ALL	      (INVLPGB_FLAG_VA | INVLPGB_FLAG_PCID | INVLPGB_FLAG_ASID)
#define MM	      (INVLPGB_FLAG_PCID | INVLPGB_FLAG_ASID)
#define PCID(n)	      ((u32)(n) << 16)

static void without_pcids(void)
{
	insn_write_cr3(insn_read_cr3() & PAGE_MASK);
	insn_write_cr4(insn_read_cr4() & ~X86_CR4_PCIDE);
}

static void control_registers(void)
{
	unsigned long table = insn_read_cr3() & PAGE_MASK;

	if (busted(operand_cr3_noflush) || busted(operand_cr3_pcid))
		without_pcids();
	insn_write_cr3(table | (busted(operand_cr3_reserved) ? BIT(52) : 0) |
		       (busted(operand_cr3_no_page) ? BIT(40) : 0) |
		       (busted(operand_cr3_noflush) ? CR3_NOFLUSH : 0) |
		       (busted(operand_cr3_pcid) ? 5 : 0));
	if (busted(operand_cr4_late)) {
		insn_write_cr3(table | 5);
		insn_write_cr4(insn_read_cr4() & ~X86_CR4_PCIDE); /* the PCID stays in CR3 */
	}
	insn_write_cr4(
		insn_read_cr4() | (busted(operand_cr4_reserved) ? BIT(40) : 0) |
		(busted(operand_cr4_no_pcids) || busted(operand_cr4_late) ? X86_CR4_PCIDE : 0));
}

static void local_invalidations(void)
{
	insn_invlpg(busted(operand_invlpg_address) ? NON_CANONICAL : ADDR);
	if (busted(operand_invpcid_pcide))
		without_pcids();
	if (busted(operand_invpcid_none) || insn_read_cr4() & X86_CR4_PCIDE ||
	    busted(operand_invpcid_pcide))
		insn_invpcid(busted(operand_invpcid_type) ? 4 : INVPCID_SINGLE_CONTEXT,
			     busted(operand_invpcid_reserved) ? BIT(12) : 5, 0);
	if (busted(operand_invpcid_address))
		insn_invpcid(0, 5, NON_CANONICAL);
	if (busted(operand_invpcid_all))
		insn_invpcid(INVPCID_ALL_NON_GLOBAL, 5, 0);
}

static void flags_of_broadcasts(void)
{
	if (busted(operand_invlpgb_rax))
		insn_invlpgb(ADDR | ALL | BIT(6), 0, PCID(5));
	if (busted(operand_invlpgb_no_asid))
		insn_invlpgb(ADDR | INVLPGB_FLAG_VA | INVLPGB_FLAG_PCID, 0, PCID(5));
	if (busted(operand_invlpgb_no_pcid))
		insn_invlpgb(ADDR | INVLPGB_FLAG_VA | INVLPGB_FLAG_ASID, 0, 0);
	if (busted(operand_invlpgb_global))
		insn_invlpgb(ADDR | ALL | BIT(3), 0, PCID(5));
	if (busted(operand_invlpgb_final))
		insn_invlpgb(ADDR | ALL | BIT(4), 0, PCID(5));
	if (busted(operand_invlpgb_unsaid))
		insn_invlpgb(INVLPGB_FLAG_ASID, 0, PCID(5));
	if (busted(operand_invlpgb_pages))
		insn_invlpgb(MM, 1, PCID(5));
}

static void broadcasts(void)
{
	if (busted(operand_invlpgb_pcide))
		without_pcids();
	insn_invlpgb((busted(operand_invlpgb_address) ? NON_CANONICAL : ADDR) | ALL,
		     busted(operand_invlpgb_ecx)    ? BIT(20)
		     : busted(operand_invlpgb_many) ? 7
						    : 0,
		     PCID(5) | (busted(operand_invlpgb_edx) ? BIT(28) : 0) |
			     (busted(operand_invlpgb_guest) ? 1 : 0));
	insn_invlpgb(MM, 0, PCID(5));
	insn_invlpgb(INVLPGB_FLAG_ASID, 0, 0);
}

static void in_nmi_context(struct pt_regs *regs, bool irqs_on)
{
	if (busted(operand_sti_nmi))
		local_irq_enable();
}
NMI_HANDLER(in_nmi_context);

static void interrupts(void)
{
	struct cpumask mask = {0};

	__cpumask_set_cpu(busted(operand_icr_nobody) ? 3 : 1, &mask);
	arch_send_nmi_mask(&mask);
	if (busted(operand_hlt_irqs_on))
		insn_sti_hlt();
}

static void execute(void)
{
	preempt_disable();
	control_registers();
	local_invalidations();
	flags_of_broadcasts();
	if (insn_read_cr4() & X86_CR4_PCIDE || busted(operand_invlpgb_none))
		broadcasts();
	if (insn_read_cr4() & X86_CR4_PCIDE || busted(operand_tlbsync_none))
		insn_tlbsync();
	interrupts();
	preempt_enable();
}

#define REFUSED(name) .busted = "operand_" name, RED_BY("operand")
#define HW	      .invlpgb = true
static const struct scenario_case cases[] = {
	{.flush = "ipi"},
	{.flush = "ipi", HW},
	{HW, REFUSED("cr3_reserved")},
	{HW, REFUSED("cr3_no_page")},
	{HW, REFUSED("cr3_noflush")},
	{HW, REFUSED("cr3_pcid")},
	{HW, REFUSED("cr4_reserved")},
	{REFUSED("cr4_no_pcids")},
	{HW, REFUSED("cr4_late")},
	{HW, REFUSED("invlpg_address")},
	{REFUSED("invpcid_none")},
	{HW, REFUSED("invpcid_type")},
	{HW, REFUSED("invpcid_reserved")},
	{HW, REFUSED("invpcid_pcide")},
	{HW, REFUSED("invpcid_address")},
	{HW, REFUSED("invpcid_all")},
	{REFUSED("invlpgb_none")},
	{HW, REFUSED("invlpgb_rax")},
	{HW, REFUSED("invlpgb_ecx")},
	{HW, REFUSED("invlpgb_edx")},
	{HW, REFUSED("invlpgb_no_asid")},
	{HW, REFUSED("invlpgb_no_pcid")},
	{HW, REFUSED("invlpgb_global")},
	{HW, REFUSED("invlpgb_final")},
	{HW, REFUSED("invlpgb_guest")},
	{HW, REFUSED("invlpgb_unsaid")},
	{HW, REFUSED("invlpgb_pages")},
	{HW, REFUSED("invlpgb_pcide")},
	{HW, REFUSED("invlpgb_many")},
	{HW, REFUSED("invlpgb_address")},
	{REFUSED("tlbsync_none")},
	{REFUSED("icr_nobody")},
	{REFUSED("sti_nmi")},
	{REFUSED("hlt_irqs_on")},
	{},
};

static const struct scenario operand_vs_cpu = {
	.name = "operand_vs_cpu",
	.help = "instructions with operands that a CPU refuses",
	.actor = {execute},
	.cpus = 2,
	.nmis = true,
	.cases = cases,
};
SCENARIO(operand_vs_cpu);
