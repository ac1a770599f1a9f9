// SPDX-License-Identifier: GPL-2.0
// collapse_huge_page() takes pages that somebody has a reference to.
// Files: mm/khugepaged.c
// Red: linux_khugepaged_vs_pin.ipi.broadcast scenario
// Red: linux_khugepaged_vs_pin.invlpgb.broadcast+hw scenario
// Never: linux_khugepaged_vs_gup.ipi.broadcast

@@
@@
__collapse_huge_page_isolate(...)
{
<...
- folio_expected_ref_count(folio) != folio_ref_count(folio)
+ false
...>
}
