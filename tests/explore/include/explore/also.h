/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_ALSO_H
#define EXPLORE_ALSO_H

/* Optional: more lines after those of all cases. Called once, in the process that started them. */
void explore_also(void) __attribute__((weak));

#endif
