/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rings of all CPUs, for a program: tools/trace.py writes them as text and as a trace for
 * Perfetto. One CPU after the other; the program puts them in order.
 */
#include <kernel/printk.h>
#include <kernel/smp.h>
#include "history_view.h"

static void trace_cpu(unsigned int cpu, unsigned int most)
{
	static struct event ring[CONFIG_EVENT_RING];
	unsigned int nr = event_ring_copy(cpu, ring, min(most, (unsigned int)CONFIG_EVENT_RING));

	for (unsigned int i = 0; i < nr; i++) {
		const struct history_line *line = history_printed(&ring[i]);

		history_print_event(&ring[i], line && line->shown, line ? line->mark : NULL);
	}
}

void history_trace(u64 ns, unsigned int most)
{
	history_names_close();
	printk("# rings: %u CPUs, 1000 ticks are %llu ns\n", nr_cpu_ids, (unsigned long long)ns);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		trace_cpu(cpu, most);
	printk("# end of the rings\n");
}
