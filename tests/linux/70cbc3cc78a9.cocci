// SPDX-License-Identifier: GPL-2.0
// Undoes 70cbc3cc78a9: GUP-fast does not look whether the PMD entry has changed meanwhile.
// Files: mm/gup.c
// Red: linux_khugepaged_vs_pin.invlpgb.never+hw
// Never: linux_khugepaged_vs_pin.invlpgb.broadcast+hw
// Never: linux_khugepaged_vs_pin.ipi.never

@@
identifier f =~ "^gup_(fast_)?pte_range$";
expression pmd, now, rest;
@@
f(...)
{
<...
- unlikely(pmd_val(pmd) != pmd_val(now)) || rest
+ rest
...>
}
