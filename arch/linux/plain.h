/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_PLAIN_H
#define LINUX_PLAIN_H

/* Complete the plain access that Linux's code has made since the last call: see plain.c. */
void plain_settle(void);

#endif
