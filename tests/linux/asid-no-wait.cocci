// SPDX-License-Identifier: GPL-2.0
// A CPU that switches is taken for one that does not run the mm which gets its global ASID.
// Files: arch/x86/mm/tlb.c
// Red: linux_enter_vs_transition.invlpgb.broadcast+hw hardware
// Never: linux_transition_vs_load.invlpgb.broadcast+hw

@@
expression cpu_mm;
@@
finish_asid_transition(...)
{
<...
- while (READ_ONCE(cpu_mm) == LOADED_MM_SWITCHING)
-	cpu_relax();
...>
}
