// SPDX-License-Identifier: GPL-2.0
// The targeted wait of v4 with a barrier less: GUP-fast reads tables before others see which mm it walks.
// Files: mm/gup.c
// After: tests/linux/series-v4.cocci
// Red: linux_unshare_vs_gup.invlpgb.broadcast+tso+hw walks
// Never: linux_unshare_vs_gup.invlpgb.broadcast+hw

@@
@@
 this_cpu_write(active_lockless_pt_walk_mm, current->mm);
- smp_mb();
+ barrier();
