// SPDX-License-Identifier: GPL-2.0
// GUP-fast keeps the reference to a page that turns out to be another one's.
// Files: mm/gup.c
// Red: linux_zap_vs_pin.invlpgb.broadcast+hw scenario
// Never: linux_zap_vs_pin.ipi.broadcast

@@
expression e;
@@
gup_fast_pte_range(...)
{
<...
  if (unlikely(e) || ...) {
- gup_put_folio(...);
  goto pte_unmap;
  }
...>
}
