/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walkers: system calls that walk page tables by GUP-fast. FUTEX_WAKE of a futex that may be shared
 * gets its page; vmsplice gets the pages of a buffer.
 */
#define _GNU_SOURCE
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static struct {
	_Alignas(64) atomic_ulong walks;
} walker[MAX_CPUS];
static unsigned int nr_walkers; /* on CPUs 1 to it */
static atomic_ulong aim;

static void relax(void)
{
	__builtin_ia32_pause();
}

/* A page that is not there is nothing that the walker minds. */
static void walk_by_futex(unsigned long addr)
{
	syscall(SYS_futex, addr, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void walk_by_vmsplice(unsigned long addr, const int *pipefd)
{
	struct iovec where = {.iov_base = (void *)addr, .iov_len = 1};
	char byte;

	if (vmsplice(pipefd[1], &where, 1, 0) == 1 && read(pipefd[0], &byte, 1) != 1)
		give_up("a walker's pipe is empty: %s", strerror(errno));
}

static void *walk(void *arg)
{
	unsigned int cpu = (unsigned int)(unsigned long)arg;
	int pipefd[2];

	pin(cpu);
	if (pipe(pipefd))
		give_up("no pipe for a walker: %s", strerror(errno));
	for (;;) {
		unsigned long addr = atomic_load(&aim);

		if (!addr)
			;
		else if (cpu & 1 && addr != THP_ADDR)
			walk_by_vmsplice(addr, pipefd);
		else /* holds no reference for long: a collapse would fail */
			walk_by_futex(addr);
		atomic_fetch_add(&walker[cpu].walks, 1);
		relax();
	}
	return NULL;
}

void pin(unsigned int cpu)
{
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);
	size_t size = CPU_ALLOC_SIZE(MAX_CPUS);

	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	if (sched_setaffinity(0, size, set))
		give_up("CPU %u cannot be chosen: %s", cpu, strerror(errno));
	CPU_FREE(set);
}

/*
 * Runs where a walker sleeps (it waits for mmap_lock): a CPU that idles would be lazy, and be woken by
 * a call-function interrupt in place of a rescheduling one.
 */
static void *fill(void *arg)
{
	struct sched_param param = {.sched_priority = 0};

	pin((unsigned int)(unsigned long)arg);
	if (sched_setscheduler(0, SCHED_IDLE, &param))
		give_up("no SCHED_IDLE: %s", strerror(errno));
	for (;;)
		relax();
	return NULL;
}

static void start_thread(void *(*fn)(void *), unsigned int cpu)
{
	pthread_t thread;
	int ret = pthread_create(&thread, NULL, fn, (void *)(unsigned long)cpu);

	if (ret)
		give_up("no thread for a walker: %s", strerror(ret));
}

void start_walkers(unsigned int mask)
{
	nr_walkers = mask - 1;
	for (unsigned int cpu = 1; cpu <= nr_walkers; cpu++) {
		start_thread(fill, cpu);
		start_thread(walk, cpu);
	}
	aim_walkers(0);
}

void aim_walkers(unsigned long addr)
{
	static unsigned long seen[MAX_CPUS];

	atomic_store(&aim, addr);
	for (unsigned int cpu = 1; cpu <= nr_walkers; cpu++)
		seen[cpu] = atomic_load(&walker[cpu].walks);
	/* Two: the first may have begun before. */
	for (unsigned int cpu = 1; cpu <= nr_walkers; cpu++)
		while (atomic_load(&walker[cpu].walks) - seen[cpu] < 2)
			relax();
}
