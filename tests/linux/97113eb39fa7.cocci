// SPDX-License-Identifier: GPL-2.0
// Undoes 97113eb39fa7: mremap() moves a page table without the rmap locks.
// Files: mm/mremap.c
// Red: linux_move_table_vs_truncate.ipi.broadcast hardware
// Never: linux_move_table_vs_load.ipi.broadcast

@@
@@
should_take_rmap_locks(...)
{
<...
- return true;
+ return pmc->need_rmap_locks;
...>
}
