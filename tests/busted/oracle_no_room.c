/* SPDX-License-Identifier: GPL-2.0 */
/*
 * oracle_no_room: each table of an oracle has room for one entry. A run in which one was forgotten
 * must be incomplete, never green (11-torture.t, 21-matrix.t, unshare_three_vs_gup.c).
 */
#include <kernel/busted.h>

DEFINE_BUSTED(oracle_no_room, "each table of an oracle has room for one entry");
