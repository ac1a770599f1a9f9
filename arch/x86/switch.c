/* SPDX-License-Identifier: GPL-2.0 */
/* The first switch to a thread: what __switch_to_asm() (entry.S) will pop. */
#include <kernel/compiler.h>
#include <kernel/sched.h>
#include <asm/setup.h>

struct switch_frame {
	u64 r15, r14, r13, r12, bx, bp;
	u64 ip;
	u64 none; /* where a return address would be: ends backtraces, aligns the stack */
};

BUILD_BUG_ON(offsetof(struct task_struct, sp) != 0);
BUILD_BUG_ON(sizeof(struct switch_frame) % 16);

void arch_prepare_stack(struct task_struct *t, void (*entry)(void))
{
	struct switch_frame *f = (struct switch_frame *)((char *)t->stack + THREAD_SIZE) - 1;

	*f = (struct switch_frame){.ip = (u64)entry};
	t->sp = (unsigned long)f;
}
