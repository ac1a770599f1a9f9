// SPDX-License-Identifier: GPL-2.0
// GUP-fast does not look whether the PTE has changed before it had its reference.
// Files: mm/gup.c
// Red: linux_zap_vs_pin.invlpgb.broadcast+hw scenario
// Never: linux_zap_vs_pin.ipi.broadcast

@@
expression a, b, rest;
@@
gup_fast_pte_range(...)
{
<...
- rest || unlikely(pte_val(a) != pte_val(b))
+ rest
...>
}
