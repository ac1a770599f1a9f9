/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_THP_H
#define TESTS_THP_H

#include <mm/mm.h>

/* An mm with all base pages of one huge page at THP_ADDR: what can be collapsed. */
#define THP_ADDR 0x40000000UL

struct mm_struct *thp_mm(const char *name); /* NULL: no memory */

#endif
