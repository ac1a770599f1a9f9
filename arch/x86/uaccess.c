/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Single accesses at user addresses, faults caught by the exception table (traps.c). An
 * interrupt in between clears AC for its own duration (entry.S), so the access may be
 * preempted between STAC and CLAC.
 */
#include <kernel/compiler.h>
#include <kernel/errno.h>
#include <kernel/event.h>
#include <asm/cpufeature.h>
#include <asm/extable.h>
#include <asm/page.h>
#include <asm/uaccess.h>

/* STAC, CLAC: SDM vol. 2B, #UD where CPUID does not offer SMAP. */
static void user_access_begin(void)
{
	if (cpu_has(X86_FEATURE_SMAP))
		__asm__ __volatile__("stac" ::: "memory", "cc");
}

static void user_access_end(void)
{
	if (cpu_has(X86_FEATURE_SMAP))
		__asm__ __volatile__("clac" ::: "memory", "cc");
}

/* The kernel half must fault as the user half does, not be read. */
static bool user_address(unsigned long addr)
{
	return addr <= TASK_SIZE - sizeof(u64);
}

int peek_user_u64(u64 *val, unsigned long addr)
{
	int err = -EFAULT;
	u64 v = 0;

	if (!user_address(addr))
		return -EFAULT;
	user_access_begin();
	__asm__ __volatile__("1: movq (%2), %1\n"
			     "   xorl %0, %0\n"
			     "2:\n" EXTABLE("1b", "2b")
			     : "+&r"(err), "+&r"(v)
			     : "r"(addr)
			     : "memory", "cc");
	user_access_end();
	*val = v;
	return err;
}

int get_user_u64(u64 *val, unsigned long addr)
{
	if (!user_address(addr))
		return -EFAULT;
	sync_point(SITE_LOAD, SYNC_READ, (void *)(addr & ~7UL));
	return peek_user_u64(val, addr);
}

int put_user_u64(u64 val, unsigned long addr)
{
	int err = -EFAULT;

	if (!user_address(addr))
		return -EFAULT;
	sync_point(SITE_LOAD, SYNC_WRITE, (void *)(addr & ~7UL));
	user_access_begin();
	__asm__ __volatile__("1: movq %1, (%2)\n"
			     "   xorl %0, %0\n"
			     "2:\n" EXTABLE("1b", "2b")
			     : "+&r"(err)
			     : "r"(val), "r"(addr)
			     : "memory", "cc");
	user_access_end();
	return err;
}
