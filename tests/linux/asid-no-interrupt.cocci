// SPDX-License-Identifier: GPL-2.0
// An mm gets its global ASID, and the CPUs that run it under another one are not interrupted.
// Files: arch/x86/mm/tlb.c
// Red: linux_transition_vs_load.invlpgb.broadcast+hw hardware
// Red: linux_enter_vs_transition.invlpgb.broadcast+hw hardware
// Never: linux_switch_vs_zap.invlpgb.broadcast+hw

@@
expression mask, info;
@@
finish_asid_transition(...)
{
<...
- flush_tlb_multi(mask, info);
...>
}
