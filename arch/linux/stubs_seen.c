/* SPDX-License-Identifier: GPL-2.0 */
/* See stubs_seen.h. On the host's side: memory that the processes of a search share. */
#include "stubs_seen.h"
#include "host.h"
#include "model.h"
#include "seam.h"
#include <kernel/printk.h>

#define MAX_STUBS 64
static const char **seen; /* __func__, so a name has one address */

void stubs_seen_begin(void)
{
	seen = host_alloc_shared(MAX_STUBS * sizeof(*seen));
}

/*
 * Is @name in this place now? Only the first name stays. A locked operation is for an empty place only:
 * this runs in each call of such a function, in all processes.
 */
static bool takes(const char **place, const char *name)
{
	const char *there = __atomic_load_n(place, __ATOMIC_RELAXED);

	if (!there)
		__atomic_compare_exchange_n(place, &there, name, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
	return !there || there == name;
}

void lx_model_stub(const char *name)
{
	unsigned int i = 0;

	if (!machine.exploring)
		return;
	while (i < MAX_STUBS && !takes(&seen[i], name))
		i++;
	MODEL_LIMIT(i == MAX_STUBS, "more stubs ran than MAX_STUBS");
}

void stubs_seen_print(void)
{
	printk("# stubs");
	for (unsigned int i = 0; i < MAX_STUBS && seen[i]; i++)
		printk(" %s", seen[i]);
	printk("\n");
}
