/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_STUBS_SEEN_H
#define LINUX_STUBS_SEEN_H

/*
 * The functions of ours that ran in place of Linux's, in any schedule of a case. A line after its
 * result has their names:
 *
 *	# stubs find_vma folio_unlock
 */

/* setup(), before the search is divided between processes. */
void stubs_seen_begin(void);

/* Prints the line. */
void stubs_seen_print(void);

#endif
