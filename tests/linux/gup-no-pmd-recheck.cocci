// SPDX-License-Identifier: GPL-2.0
// The same of the PMD entry of a huge page.
// Files: mm/gup.c
// Red: linux_zap_huge_vs_pin.invlpgb.broadcast+hw scenario
// Never: linux_zap_huge_vs_pin.ipi.broadcast

@@
@@
gup_fast_pmd_leaf(...)
{
<...
- if (unlikely(pmd_val(orig) != pmd_val(pmdp_get_lockless(pmdp)))) {
-	gup_put_folio(folio, refs, flags);
-	return 0;
- }
...>
}
