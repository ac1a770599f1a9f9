/* SPDX-License-Identifier: GPL-2.0 */
#ifndef METAL_STRING_H
#define METAL_STRING_H

#include <kernel/string.h>

#endif
