/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_TIME_H
#define X86_TIME_H

void time_boot(void); /* sched_clock() counts from here */

#endif
