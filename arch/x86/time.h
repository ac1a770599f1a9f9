/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_TIME_H
#define X86_TIME_H

void time_boot(void); /* sched_clock() counts from here */

/*
 * arch_start_tick() waits until the boot CPU has seen all others wait there and releases
 * them.
 */
unsigned int time_tick_waiting(void);
void time_tick_release(void);

#endif
