/* SPDX-License-Identifier: GPL-2.0 */
/* See ipis.h. In the kernel's part of the program: what it counts is put back. */
#include "ipis.h"
#include <kernel/smp.h>
#include <asm/percpu.h>

/* Only its own CPU writes to it. */
static struct sender {
	bool in_sync;
	unsigned int sent[IPIS_KINDS];
} senders[CONFIG_NR_CPUS];

static struct sender *here(void)
{
	return &senders[this_cpu_read(cpu_number)];
}

void ipis_sent(unsigned long cpus)
{
	here()->sent[here()->in_sync ? IPIS_SYNC : IPIS_OTHER] +=
		(unsigned int)__builtin_popcountl(cpus);
}

void ipis_in_sync(bool in)
{
	here()->in_sync = in;
}

unsigned int ipis_count(enum ipis_kind kind)
{
	unsigned int n = 0;

	for (unsigned int cpu = 0; cpu < CONFIG_NR_CPUS; cpu++)
		n += senders[cpu].sent[kind];
	return n;
}
