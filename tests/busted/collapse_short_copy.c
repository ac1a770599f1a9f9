/* SPDX-License-Identifier: GPL-2.0 */
/*
 * collapse_short_copy: a collapse does not copy the last cache line of the pages. No walker stores
 * there, so only what the page's owner stored is lost. One CPU is enough.
 */
#include <tests/busted_case.h>

BUSTED_CASE(collapse_short_copy, "collapse_short_copy",
	    "duration=2 ops=collapse policy=broadcast oracles=contents");
