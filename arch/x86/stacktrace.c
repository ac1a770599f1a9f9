/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Backtraces by frame pointers (-fno-omit-frame-pointer). Each address is looked up in
 * the kernel page tables before it is read, so a broken chain ends the trace and
 * cannot fault, also in NMI and in a panic.
 */
#include "early.h"
#include <kernel/compiler.h>
#include <kernel/printk.h>
#include <asm/page.h>
#include <asm/ptrace.h>

#define MAX_FRAMES 32

extern const char _text[], _etext[]; /* linker.ld */

struct frame {
	unsigned long bp, ip;
};

static bool in_text(unsigned long ip)
{
	return ip >= (unsigned long)_text && ip < (unsigned long)_etext;
}

static void show_frames(unsigned long bp)
{
	for (int i = 0; i < MAX_FRAMES; i++) {
		const struct frame *f = (const void *)bp;

		if (!IS_ALIGNED(bp, 8) || !kmap_present(bp) || !kmap_present(bp + 8))
			return;
		if (!in_text(f->ip))
			return;
		/* A return address may lie behind its function's last instruction. */
		printk("#   [<%016lx>] %pS\n", f->ip, (void *)(f->ip - 1));
		bp = f->bp;
	}
	printk("#   ...\n");
}

void show_backtrace(const struct pt_regs *r)
{
	printk("# backtrace:\n#   [<%016lx>] %pS\n", r->ip, (void *)r->ip);
	show_frames(r->bp);
}

void show_regs(const struct pt_regs *r)
{
	printk("# rip %016lx rsp %016lx rflags %08lx cs %lx ss %lx vector %lu error %lx\n", r->ip,
	       r->sp, r->flags, r->cs, r->ss, r->vector, r->error_code);
	printk("# rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", r->ax, r->bx, r->cx, r->dx);
	printk("# rsi %016lx rdi %016lx rbp %016lx r8  %016lx\n", r->si, r->di, r->bp, r->r8);
	printk("# r9  %016lx r10 %016lx r11 %016lx r12 %016lx\n", r->r9, r->r10, r->r11, r->r12);
	printk("# r13 %016lx r14 %016lx r15 %016lx\n", r->r13, r->r14, r->r15);
	show_backtrace(r);
}

noinline void dump_stack(void)
{
	printk("# backtrace:\n");
	show_frames((unsigned long)__builtin_frame_address(0));
}
