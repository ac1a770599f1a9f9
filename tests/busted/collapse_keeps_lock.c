/* SPDX-License-Identifier: GPL-2.0 */
/*
 * collapse_keeps_lock: a collapse that finds a page pinned returns with anon_vma_lock held.
 *
 *	CPU0 GUP-fast			CPU1 collapse
 *	pin a page
 *					down_write(anon_vma_lock); a reference too many: -EAGAIN
 *					up_write()	<- left out
 */
#include <tests/busted_case.h>

BUSTED_CASE(collapse_keeps_lock, "collapse_keeps_lock",
	    "duration=2 ops=collapse policy=broadcast oracles=left");
