/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What gcc calls for __builtin_popcountl(): the image is built for any x86-64, which need
 * not have POPCNT, and without libgcc.
 */
#include <kernel/types.h>

int __popcountdi2(u64 v);
int __popcountdi2(u64 v)
{
	v -= (v >> 1) & 0x5555555555555555ULL;
	v = (v & 0x3333333333333333ULL) + ((v >> 2) & 0x3333333333333333ULL);
	v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (int)((v * 0x0101010101010101ULL) >> 56);
}
