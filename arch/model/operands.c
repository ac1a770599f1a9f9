/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operands that the modelled machine refuses. Each is a verdict ("operand: ..."):
 *  - operands that hardware refuses with #GP or #UD;
 *  - operands that hardware accepts, but with an effect that no caller can intend;
 *  - operands that a header of ours says are never used.
 *
 *	MOV to CR3	SDM vol. 3A 4.5, vol. 2B MOV-Control Registers; APM vol. 2 3.1.2, 5.5.1
 *	MOV to CR4	SDM vol. 3A 4.10.1
 *	INVLPG, INVPCID	SDM vol. 2A
 *	INVLPGB		APM vol. 3; <asm/invlpgb.h>
 *	TLBSYNC		APM vol. 3
 *	ICR		SDM vol. 3A 11.6.1
 *	STI		SDM vol. 2B, vol. 3A 6.7.1
 */
#include "irq.h"
#include "model.h"
#include "operands.h"
#include <kernel/bug.h>
#include <kernel/memblock.h>
#include <kernel/smp.h>
#include <asm/cpufeature.h>
#include <asm/insn.h>
#include <asm/invlpgb.h>
#include <asm/pgtable_types.h>

#define PHYS_BITS 52 /* MAXPHYADDR, the largest there is */
#define PCID_BITS 12

#define REFUSE(cond, what)                                                     \
	do {                                                                   \
		if (cond)                                                      \
			model_fail("operand: CPU%u: %s", machine.cpu, (what)); \
	} while (0)

static bool pcide(void)
{
	return this_mcpu()->cr4 & X86_CR4_PCIDE;
}

static bool canonical(unsigned long va)
{
	return (long)(va << 16) >> 16 == (long)va;
}

void operands_cr3(unsigned long v)
{
	REFUSE(v & ~CR3_NOFLUSH & ~(BIT(PHYS_BITS) - 1), "MOV to CR3 with reserved bits: #GP");
	REFUSE(v & CR3_NOFLUSH && !pcide(), "MOV to CR3 with bit 63 and CR4.PCIDE=0: #GP");
	REFUSE(v & ~PAGE_MASK && !pcide(),
	       "MOV to CR3 with bits 11:0 set and CR4.PCIDE=0: they are not a PCID");
	REFUSE((v & PTE_PFN_MASK) >= memblock_end(), "MOV to CR3 of a page beyond memory");
}

void operands_cr4(unsigned long v)
{
	bool enable = v & X86_CR4_PCIDE && !pcide();

	REFUSE(v & ~(X86_CR4_PCIDE | X86_CR4_PGE), "MOV to CR4 with bits that are not modelled");
	REFUSE(enable && !cpu_has(X86_FEATURE_PCID), "CR4.PCIDE=1 without PCIDs: #GP");
	REFUSE(enable && this_mcpu()->cr3 & ~PAGE_MASK, "CR4.PCIDE=1 with a PCID in CR3: #GP");
}

void operands_invlpg(unsigned long va)
{
	REFUSE(!canonical(va), "INVLPG of a non-canonical address: it does nothing");
}

void operands_invpcid(unsigned long type, unsigned long pcid, unsigned long va)
{
	bool one_pcid = type <= INVPCID_SINGLE_CONTEXT;

	REFUSE(!cpu_has(X86_FEATURE_INVPCID), "INVPCID on a CPU without it: #UD");
	REFUSE(type > INVPCID_ALL_NON_GLOBAL, "INVPCID of a type beyond 3: #GP");
	REFUSE(pcid >> PCID_BITS, "INVPCID with reserved bits in the descriptor: #GP");
	REFUSE(one_pcid && pcid && !pcide(), "INVPCID of a PCID with CR4.PCIDE=0: #GP");
	REFUSE(type == 0 && !canonical(va), "INVPCID of a non-canonical address: #GP");
	REFUSE(!one_pcid && (pcid || va), "INVPCID of all PCIDs names one, or an address");
}

static void invlpgb_of_range(u64 rax, u32 ecx)
{
	unsigned long stride = ecx & INVLPGB_STRIDE_2M ? PMD_SIZE : PAGE_SIZE;
	unsigned long va = rax & PAGE_MASK, last = va + (ecx & 0xffff) * stride;

	REFUSE((ecx & 0xffff) >= model_config.invlpgb_max, "INVLPGB of too many pages: #GP");
	REFUSE(!canonical(va) || !canonical(last) || last < va,
	       "INVLPGB of a non-canonical address: #GP");
}

void operands_invlpgb(u64 rax, u32 ecx, u32 edx)
{
	const u64 va = INVLPGB_FLAG_VA, pcid = INVLPGB_FLAG_PCID, asid = INVLPGB_FLAG_ASID;
	u64 flags = rax & ~PAGE_MASK;

	REFUSE(!cpu_has(X86_FEATURE_INVLPGB), "INVLPGB on a CPU without it: #UD");
	REFUSE(flags >> 6, "INVLPGB with reserved bits in RAX: #GP");
	REFUSE(ecx & ~(0xffff | INVLPGB_STRIDE_2M), "INVLPGB with reserved bits in ECX: #GP");
	REFUSE(edx >> (16 + PCID_BITS), "INVLPGB with reserved bits in EDX: #GP");
	REFUSE(flags != (va | pcid | asid) && flags != (pcid | asid) && flags != asid,
	       "INVLPGB with flags that <asm/invlpgb.h> never uses");
	REFUSE(edx & 0xffff, "INVLPGB of an ASID that is not the host's");
	REFUSE(edx >> 16 && !(flags & pcid),
	       "INVLPGB with a PCID, but without the flag that it is valid");
	REFUSE(edx >> 16 && !pcide(), "INVLPGB of a PCID with CR4.PCIDE=0: #GP");
	if (flags & va)
		invlpgb_of_range(rax, ecx);
	else
		REFUSE(rax & PAGE_MASK || ecx,
		       "INVLPGB with addresses, but without the flag that they are valid");
}

void operands_tlbsync(void)
{
	REFUSE(!cpu_has(X86_FEATURE_INVLPGB), "TLBSYNC on a CPU without INVLPGB: #UD");
}

void operands_icr(const struct cpumask *mask)
{
	for (unsigned int cpu = model_config.cpus; cpu < CONFIG_NR_CPUS; cpu++)
		REFUSE(cpumask_test_cpu((int)cpu, mask), "an interrupt to an absent CPU");
}

void operands_sti(bool halt)
{
	REFUSE(nmi_handled(machine.cpu), "STI in an NMI handler");
	REFUSE(halt && this_mcpu()->iflag,
	       "STI; HLT with interrupts on: an interrupt before the HLT does not end it");
}
