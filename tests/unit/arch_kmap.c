/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel half that every mm shares. */
#include <kernel/irqflags.h>
#include <kernel/ktest.h>
#include <asm/insn.h>
#include <asm/kmap.h>
#include <asm/page.h>

static u64 pgd[512] __aligned(4096);

KTEST(arch_kmap, clone_runs_the_kernel)
{
	const u64 *kernel = __va(kernel_pgd_phys());
	unsigned long flags, cr3;

	for (int i = 0; i < 256; i++)
		KEXPECT_EQ(t, kernel[i], 0); /* NULL and all of the user half */
	pgd[7] = 0x123;
	arch_clone_kernel_pgd(pgd);
	KEXPECT_EQ(t, pgd[7], 0x123);
	pgd[7] = 0;
	local_irq_save(flags);
	cr3 = insn_read_cr3();
	insn_write_cr3(__pa(pgd));
	KEXPECT_EQ(t, insn_read_cr3(), __pa(pgd));
	insn_write_cr3(cr3);
	local_irq_restore(flags);
}
