/* SPDX-License-Identifier: GPL-2.0 */
/* The operations: what withdraws page tables, by system calls. */
#define _GNU_SOURCE
#include "guest.h"
#include <errno.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#define ZAP_TABLES 4

/* The file behind the shared GiB. Two of its huge pages are ever touched. */
static int file;

void open_file(void)
{
	file = (int)syscall(SYS_memfd_create, "gib", MFD_HUGETLB);
	if (file < 0 || ftruncate(file, GIB_SIZE))
		give_up("no file of hugetlb: %s", strerror(errno));
}

static void touch(unsigned long addr)
{
	*(volatile char *)addr = 1;
}

static int map(unsigned long addr, unsigned long size, int flags, int fd)
{
	void *at = mmap((void *)addr, size, PROT_READ | PROT_WRITE,
			flags | MAP_FIXED_NOREPLACE | MAP_NORESERVE, fd, 0);

	return at == MAP_FAILED ? -errno : 0;
}

/* The bare broadcast: an interrupt to each other CPU that runs the mm, and its acknowledgement. */

void begin_reference(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0))
		give_up("membarrier: %s", strerror(errno));
}

int reference(void)
{
	return err(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
}

/* Collapse. */

static int thp_begin(void)
{
	/* Twice the size: the upper half is never touched. */
	return map(THP_ADDR, 2 * PMD_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int thp_prepare(void)
{
	for (unsigned long at = 0; at < PMD_SIZE; at += PAGE_SIZE)
		touch(THP_ADDR + at);
	/*
	 * MADV_COLLAPSE begins with lru_add_drain_all(), which runs work on each CPU that has new
	 * pages in its batches. Once where there is nothing to collapse, and it finds none.
	 */
	if (!madvise((void *)(THP_ADDR + PMD_SIZE), PMD_SIZE, MADV_COLLAPSE))
		return -EEXIST;
	return 0;
}

static int thp_run(void)
{
	int ret = err(madvise((void *)THP_ADDR, PMD_SIZE, MADV_COLLAPSE));

	return ret == -EBUSY ? -EAGAIN : ret;
}

static int thp_undo(void)
{
	return err(madvise((void *)THP_ADDR, PMD_SIZE, MADV_DONTNEED));
}

static int thp_end(void)
{
	return err(munmap((void *)THP_ADDR, 2 * PMD_SIZE));
}

/* Unshare: the PMD table of the GiB is shared by two processes, so that each may be the last. */

int map_gib(void)
{
	int ret = map(GIB_ADDR, GIB_SIZE, MAP_SHARED, file);

	if (ret)
		return ret;
	touch(GIB_ADDR);
	touch(GIB_ADDR + PMD_SIZE);
	return 0;
}

static int gib_unmap(void)
{
	return err(munmap((void *)GIB_ADDR, GIB_SIZE));
}

static int gib_protect(void)
{
	return err(mprotect((void *)GIB_ADDR, GIB_SIZE, PROT_READ));
}

static int sibling_begin(void)
{
	return map_gib() ?: begin_sharer() ?: gib_unmap();
}

/* Zap, with the PTE tables. */

static int zap_prepare(void)
{
	int ret = map(ZAP_ADDR, ZAP_TABLES * PMD_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	for (unsigned long i = 0; !ret && i < ZAP_TABLES; i++)
		touch(ZAP_ADDR + i * PMD_SIZE);
	return ret;
}

static int zap_run(void)
{
	return err(munmap((void *)ZAP_ADDR, ZAP_TABLES * PMD_SIZE));
}

const struct op ops[] = {
	{.name = "collapse",
	 .variant = "op",
	 .aim = THP_ADDR,
	 .begin = thp_begin,
	 .prepare = thp_prepare,
	 .run = thp_run,
	 .undo = thp_undo,
	 .end = thp_end},
	{.name = "unshare",
	 .variant = "one",
	 .aim = GIB_ADDR,
	 .begin = sibling_begin,
	 .prepare = map_gib,
	 .run = gib_unmap,
	 .end = exit_sharer},
	{.name = "mprotect",
	 .variant = "op",
	 .aim = GIB_ADDR,
	 .begin = sibling_begin,
	 .prepare = map_gib,
	 .run = gib_protect,
	 .undo = gib_unmap,
	 .end = exit_sharer},
	{.name = "exit",
	 .variant = "op",
	 .aim = GIB_ADDR,
	 .begin = map_gib,
	 .prepare = begin_sharer,
	 .run = exit_sharer,
	 .end = gib_unmap},
	{.name = "zap",
	 .variant = "batch",
	 .aim = ZAP_ADDR,
	 .prepare = zap_prepare,
	 .run = zap_run},
};
const unsigned int nr_ops = sizeof(ops) / sizeof(ops[0]);
