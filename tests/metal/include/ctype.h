/* SPDX-License-Identifier: GPL-2.0 */
#ifndef METAL_CTYPE_H
#define METAL_CTYPE_H

static inline int isdigit(int c)
{
	return c >= '0' && c <= '9';
}

#endif
