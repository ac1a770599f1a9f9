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

/* Is @name in this place now? Only the first name stays. */
static bool takes(const char **place, const char *name)
{
	const char *none = NULL;

	return __atomic_compare_exchange_n(place, &none, name, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED) ||
	       none == name;
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
