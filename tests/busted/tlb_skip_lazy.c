/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tlb_skip_lazy: a flush that frees a table leaves lazy CPUs alone (3ef938c35035).
 *
 *	CPU0 idle, the mm loaded	CPU1 munmap
 *	(its paging-structure caches
 *	lead to the PTE table)
 *					clear PMD; flush, but not CPU0; grace period
 *					free the table
 *	may walk it speculatively
 *
 * No emulator shows the walk; the shadow of what CPU0 may have cached does.
 */
#include <tests/busted_case.h>

BUSTED_CASE(tlb_skip_lazy, "tlb_skip_lazy", "flush=ipi policy=broadcast ops=zap oracles=tlbshadow");
