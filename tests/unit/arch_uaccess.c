/* SPDX-License-Identifier: GPL-2.0 */
/* User accesses that fault say so and leave nothing behind. */
#include <kernel/errno.h>
#include <kernel/ktest.h>
#include <asm/insn.h>
#include <asm/page.h>
#include <asm/uaccess.h>

#define X86_EFLAGS_AC BIT(18)

KTEST(arch_uaccess, faults_are_returned)
{
	static const unsigned long bad[] = {
		0, /* NULL is never mapped */
		TASK_SIZE - 8, /* the last user word */
		TASK_SIZE - 4, /* reaches past it */
		1UL << 63, /* not canonical */
		PAGE_OFFSET, /* mapped, but the kernel's */
		~0UL,
	};
	u64 v;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		KEXPECT_EQ(t, get_user_u64(&v, bad[i]), -EFAULT);
		KEXPECT_EQ(t, put_user_u64(1, bad[i]), -EFAULT);
	}
	/* With SMAP: access to user pages is closed again. */
	KEXPECT_EQ(t, insn_save_flags() & X86_EFLAGS_AC, 0);
}
