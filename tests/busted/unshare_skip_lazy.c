/* SPDX-License-Identifier: GPL-2.0 */
/*
 * unshare_skip_lazy: the flush of an unshare leaves lazy CPUs alone. That is Linux 7.3, and
 * unshare=skip-lazy is the default here; planted where unshare=wake-lazy is promised, so
 * that one oracle must tell the two apart.
 *
 *	CPU0 idle, A loaded		CPU1 A unmaps, then P
 *	(its paging-structure caches
 *	lead to the PMD table)
 *					clear PUD; flush, but not CPU0
 *					P, the last owner, changes the table as its own
 *	may walk P's entries
 *	speculatively, as A's
 *
 * What CPU0 loads so into its TLB it drops before A runs there again: the generation has
 * been raised. What is left is a walk through memory that is not A's, and Accessed bits
 * set in it; and once P has freed the table, through anything. No emulator shows the walk;
 * the shadow of what CPU0 may have cached does.
 */
#include <tests/busted_case.h>

BUSTED_CASE(unshare_skip_lazy, "unshare_skip_lazy",
	    "flush=ipi policy=broadcast unshare=wake-lazy ops=unshare oracles=tlbshadow-reuse");
