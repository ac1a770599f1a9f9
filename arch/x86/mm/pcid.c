/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the ASIDs of asid.c reach the hardware: as PCIDs where the CPU has them. Without PCIDs each
 * write to CR3 drops all non-global entries, and each full flush is such a write.
 *
 * EFER.TCE stays clear, where AMD offers it. With it INVLPG and INVLPGB would spare the
 * upper-level entries that do not lead to the page (APM vol. 2 5.5.3); without it they drop
 * all of them, which a flush that frees or unshares tables of more than one level needs.
 */
#include <kernel/job.h>
#include <asm/cpufeature.h>
#include <asm/page.h>
#include "tlb.h"

static bool has_pcid __read_mostly;
static bool has_invpcid __read_mostly;

static void pcid_init(void)
{
	has_pcid = cpu_has(X86_FEATURE_PCID);
	has_invpcid = has_pcid && cpu_has(X86_FEATURE_INVPCID);
}
INITCALL(-1, pcid_init);

/* Bit 63: keep the translations of the PCID (SDM vol. 3A 4.10.4.1; APM vol. 2 5.5.1). */
unsigned long build_cr3(const struct mm_struct *mm, struct new_asid to)
{
	return __pa(mm->pgd) | kern_pcid(to.asid) | (to.need_flush ? 0 : CR3_NOFLUSH);
}

void __hot load_new_mm_cr3(const struct mm_struct *mm, struct new_asid to)
{
	/* Without PCID the low bits mean something else, and bit 63 faults. */
	insn_write_cr3(has_pcid ? build_cr3(mm, to) : __pa(mm->pgd));
}

void __hot flush_loaded_asid(void)
{
	if (has_invpcid)
		insn_invpcid(INVPCID_SINGLE_CONTEXT,
			     kern_pcid(this_cpu_read(cpu_tlbstate.loaded_mm_asid)), 0);
	else
		insn_write_cr3(insn_read_cr3()); /* bit 63 is never read as set */
}

void flush_all_asids(void)
{
	if (has_invpcid) {
		insn_invpcid(INVPCID_ALL_NON_GLOBAL, 0, 0);
	} else if (has_pcid) {
		insn_write_cr4(insn_read_cr4() ^ X86_CR4_PGE);
		insn_write_cr4(insn_read_cr4() ^ X86_CR4_PGE);
	} else {
		insn_write_cr3(insn_read_cr3());
	}
}

bool keeps_unloaded_asids(void)
{
	return has_pcid;
}
