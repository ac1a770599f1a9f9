// SPDX-License-Identifier: GPL-2.0
// Undoes 3ef938c35035: flush_tlb_range() leaves lazy CPUs out, also when a table was withdrawn.
// Files: arch/x86/include/asm/tlbflush.h
// Red: linux_lazy_vs_collapse.ipi.broadcast+fill hardware
// Never: linux_lazy_vs_collapse.invlpgb.broadcast+hw+fill

@@
expression mm, start, end, huge, stride;
@@
flush_tlb_mm_range(mm, start, end, huge ? stride : PAGE_SHIFT,
- true
+ false
	)
