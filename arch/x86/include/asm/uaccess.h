/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

#include <kernel/types.h>

/*
 * One load, store or locked add at a user address of the loaded mm, through whatever the TLB holds.
 * A page fault is not handled but returned: 0, or -EFAULT.
 *
 * Context: any but NMI; SMAP is lifted for the one access (STAC/CLAC).
 */
int get_user_u64(u64 *val, unsigned long addr);
int put_user_u64(u64 val, unsigned long addr);
int peek_user_u64(u64 *val, unsigned long addr); /* as get_user_u64(), but no sync point */

#endif
