/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_LIST_H
#define TESTS_LIST_H

#include <kernel/types.h>

/* Comma-separated lists of names, as options have them. */

/* Copies the @n-th name; false past the end. */
bool list_nth(const char *list, unsigned int n, char *name, size_t size);
bool list_has(const char *list, const char *name);

/* policy=: the list as it was given; NULL, it was not. */
const char *policies_asked(void);
int policies_ask(const char *list); /* 0, or -EINVAL: too long */

/* Print the command that runs this again: "# reproduce: make run …". */
void print_reproduce(void);

#endif
