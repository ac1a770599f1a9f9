// SPDX-License-Identifier: GPL-2.0
// Undoes fea4e317f9e7: no flush for a CPU that is about to load CR3.
// Files: arch/x86/mm/tlb.c
// Red: linux_switch_vs_zap.ipi.broadcast+hw hardware
// Red: linux_switch_vs_zap.ipi.broadcast+tso hardware
// Never: linux_switch_vs_zap.ipi.broadcast

@@
@@
should_flush_tlb(...)
{
<...
- if (loaded_mm == LOADED_MM_SWITCHING)
-	return true;
...>
}
