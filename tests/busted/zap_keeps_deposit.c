/* SPDX-License-Identifier: GPL-2.0 */
/*
 * zap_keeps_deposit: a zap of a huge page takes back the table in deposit, and does not free it.
 * One CPU is enough.
 */
#include <tests/busted_case.h>

BUSTED_CASE(zap_keeps_deposit, "zap_keeps_deposit",
	    "duration=2 ops=collapse policy=broadcast oracles=left");
