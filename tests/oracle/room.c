/* SPDX-License-Identifier: GPL-2.0 */
/* How much the oracles' tables hold. See <tests/oracle.h>. */
#include <kernel/busted.h>
#include <tests/oracle.h>

DEFINE_BUSTED(oracle_no_room, "each table of an oracle has room for one entry");

unsigned int oracle_room(const struct oracle_loss *l)
{
	return busted(oracle_no_room) ? 1 : l->room;
}
