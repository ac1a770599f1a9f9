/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_WORLD_H
#define LINUX_WORLD_H

#include <kernel/types.h>

/* setup(), on CPU 0: Linux's data; then, as if on each CPU in turn, the mm of the scenario. */
void linux_begin(bool invlpgb, bool pv, u32 cpus_in_mm);

/* For histories: from here on Linux does @what. */
void linux_calls(const char *what);

#endif
