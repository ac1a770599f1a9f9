/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MM_BUSTED_H
#define MM_BUSTED_H

#include <kernel/busted.h>

#endif
