/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_REAL_H
#define LINUX_REAL_H

/* A function of Linux's objects runs, at @pc. */
void real_ran(const void *pc);

#endif
