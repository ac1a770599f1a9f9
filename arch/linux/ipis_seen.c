/* SPDX-License-Identifier: GPL-2.0 */
/* The numbers of IPIs that the schedules of a case had, see ipis.h. On the host's side. */
#include "ipis.h"
#include "host.h"
#include "model.h"
#include "stubs_seen.h"
#include <explore/also.h>
#include <kernel/printk.h>

/* Bit n: a schedule with n of them has ended. Memory that the processes of a search share. */
static u64 *seen;

void ipis_seen_begin(void)
{
	seen = host_alloc_shared(IPIS_KINDS * sizeof(*seen));
}

void schedule_also(void)
{
	for (enum ipis_kind kind = 0; kind < IPIS_KINDS; kind++) {
		MODEL_LIMIT(ipis_count(kind) >= 64, "more IPIs in a schedule than are counted");
		__atomic_fetch_or(&seen[kind], 1ULL << ipis_count(kind), __ATOMIC_RELAXED);
	}
}

void case_also(void)
{
	static const char *const names[] = {"other", "sync"};

	for (enum ipis_kind kind = 0; kind < IPIS_KINDS; kind++) {
		printk("# ipis %s", names[kind]);
		for (unsigned int n = 0; n < 64; n++)
			if (seen[kind] & 1ULL << n)
				printk(" %u", n);
		printk("\n");
	}
	stubs_seen_print();
}
