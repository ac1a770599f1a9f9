/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_FRAMES_H
#define LINUX_FRAMES_H

#include <kernel/types.h>

/*
 * Linux's frames as the oracles know them. The oracle "frames": no CPU reads or writes a frame
 * that is free. To the project's own oracles (walks, hardware) the same events are told as by our
 * own kernel: at accesses to page tables, and at the seams.
 */

/* After a marked access: the value read; or the old and the new one. Return: was an event told? */
bool frames_loaded(const volatile void *p, u64 value);
bool frames_stored(const volatile void *p, u64 old, u64 new);
/* Before a plain one. */
void frames_plain(const volatile void *p, bool write);
/* IF has been cleared, or is about to be set: by a walker, its walk. */
void frames_irqs(bool on);

/* @kept is told what of this changes in a schedule, so is put back and is part of each checkpoint. */
void frames_kept(void (*kept)(const void *from, const void *to));

/* For the scenarios: policy "never" makes tlb_remove_table_sync_one() empty. */
void frames_policy(void);

#endif
