/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_NUMBER_H
#define EXPLORE_NUMBER_H

#include <stdbool.h>
#include <kernel/types.h>

/* Values of options, as text. Return: false, it is none. */
bool number_of(const char *text, u64 least, u64 *value);
bool number_small(const char *text, unsigned int least, unsigned int *value); /* to a million */
bool number_seconds(const char *text, double *value);

#endif
