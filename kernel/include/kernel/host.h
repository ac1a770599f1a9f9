/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_HOST_H
#define KERNEL_HOST_H

/*
 * What run.sh says about the machine that the kernel cannot find out by itself:
 * "qemu-7.2.22,tcg-single". Only ever printed; nothing may depend on it.
 */

/* Never NULL; empty without host= on the command line. */
const char *host_description(void);

#endif
