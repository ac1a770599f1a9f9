/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_ASAN_H
#define MODEL_ASAN_H

#include <kernel/config.h>
#include <kernel/types.h>

/*
 * AddressSanitizer's view of the machine's memory, in the build with CONFIG_MODEL_ASAN=1:
 * free frames are poisoned. Shadow memory is not part of a snapshot, so asan_restore() puts
 * back what a schedule has changed of it. In the other builds these functions do nothing.
 */
void asan_frames(unsigned long pfn, unsigned int order, bool free);
void asan_restore(void);

#endif
