/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_ALSO_H
#define EXPLORE_ALSO_H

/* Optional functions of an explorer that counts more than the others do (arch/linux). */

/* A schedule has ended, and is not red. */
void schedule_also(void) __attribute__((weak));

/* Lines after the result of a case; after those of the whole run. */
void case_also(void) __attribute__((weak));
void redundant_also(void) __attribute__((weak));

#endif
