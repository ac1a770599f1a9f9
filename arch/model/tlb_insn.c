/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The instructions of a modelled CPU that load CR3 and CR4 and that invalidate its TLB.
 *
 * What they drop (on this CPU only, and never later than the instruction):
 *	MOV CR3		all of the PCID, or all if CR4.PCIDE=0; nothing with bit 63
 *	INVLPG		the page; and of the paging-structure entries all (Intel; AMD with
 *			EFER.TCE=0), or those that lead to the page (EFER.TCE=1)
 *	INVPCID		by type
 * A walk under way on the CPU ends with each of them.
 */
#include "model.h"
#include "operands.h"
#include <asm/insn.h>

u16 tlb_pcid(const struct mcpu *c)
{
	return c->cr4 & X86_CR4_PCIDE ? c->cr3 & 0xfff : 0;
}

/* A step that changes what this CPU has cached. */
static void hw_point(void)
{
	if (!machine.exploring || !tlb_in_use())
		return;
	op_touches(point_begin(), object(OBJ_TLB, machine.cpu), tlb_write(machine.cpu));
	point(OP_HW);
}

unsigned long insn_read_cr3(void)
{
	return this_mcpu()->cr3;
}

void insn_write_cr3(unsigned long v)
{
	struct mcpu *c = this_mcpu();

	operands_cr3(v);
	model_fence(); /* serialising: SDM vol. 3A 9.3 */
	hw_point();
	c->cr3 = v & ~CR3_NOFLUSH;
	/* Serialising: translations looked up before it are not used after it. */
	tlb_invalidated(c);
	if (!(c->cr4 & X86_CR4_PCIDE))
		tlb_flush_all(c);
	else if (!(v & CR3_NOFLUSH))
		tlb_flush_pcid(c, tlb_pcid(c));
}

unsigned long insn_read_cr4(void)
{
	return this_mcpu()->cr4;
}

void insn_write_cr4(unsigned long v)
{
	operands_cr4(v);
	model_fence();
	hw_point();
	this_mcpu()->cr4 = v;
	tlb_flush_all(this_mcpu());
}

unsigned long insn_read_cr2(void)
{
	return 0;
}

void insn_invlpg(unsigned long addr)
{
	struct mcpu *c = this_mcpu();

	operands_invlpg(addr);
	model_fence(); /* serialising, likewise */
	hw_point();
	tlb_flush_page(c, tlb_pcid(c), addr);
}

void insn_invpcid(unsigned long type, unsigned long pcid, unsigned long addr)
{
	struct mcpu *c = this_mcpu();

	operands_invpcid(type, pcid, addr);
	hw_point(); /* no fence: not among the serialising instructions of SDM vol. 3A 9.3 */
	if (type == 0)
		tlb_flush_page(c, (u16)pcid, addr);
	else if (type == 1)
		tlb_flush_pcid(c, (u16)pcid);
	else
		tlb_flush_all(c);
}
