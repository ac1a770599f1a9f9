/* SPDX-License-Identifier: GPL-2.0 */
/* Three rows of /proc/interrupts. */
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[1 << 20];

static void read_text(void)
{
	static int fd = -1;
	size_t have = 0;
	ssize_t got;

	if (fd < 0)
		fd = open("/proc/interrupts", O_RDONLY);
	if (fd < 0 || lseek(fd, 0, SEEK_SET))
		give_up("/proc/interrupts: %s", strerror(errno));
	while ((got = read(fd, text + have, sizeof(text) - 1 - have)) > 0)
		have += (size_t)got;
	if (got < 0)
		give_up("/proc/interrupts: %s", strerror(errno));
	text[have] = 0;
}

static void read_row(const char *name, unsigned long *count)
{
	char *at = strstr(text, name);

	if (!at)
		give_up("/proc/interrupts has no row %s: a kernel with CONFIG_SMP is needed", name);
	at += strlen(name);
	for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++) {
		char *end;

		count[cpu] = strtoul(at, &end, 10);
		if (end == at)
			return; /* the row's description: no more CPUs */
		at = end;
	}
}

void read_interrupts(struct interrupts *now)
{
	read_text();
	read_row("CAL:", now->call);
	read_row("TLB:", now->tlb);
	read_row("RES:", now->resched);
}
