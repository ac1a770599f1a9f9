/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gup_keeps_pin: a put of a pinned huge page leaves its pin count.
 *
 *	CPU0 GUP-fast, FOLL_PIN		CPU1 zap
 *	count +1, pins +1
 *	count -1			<- pins -1 left out
 *					the page is freed, with a pin
 */
#include <tests/busted_case.h>

BUSTED_CASE(gup_keeps_pin, "gup_keeps_pin",
	    "duration=2 ops=collapse policy=broadcast oracles=left");
