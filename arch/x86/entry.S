/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupt and exception entry, and the switch between kernel threads.
 *
 * There is only ring 0, so GS base never changes: an entry, NMI included, may come at any
 * instruction and finds the kernel's GS. NMI, #DF and #MC have stacks of their own (desc.c).
 * An NMI blocks further NMIs until the next IRET, also that of an exception inside the handler
 * (SDM vol. 3A 6.7.1). NMI handlers therefore take no exceptions. If one does, traps.c
 * panics instead of returning, so no IRET inside can let a second NMI onto the stack in use.
 *
 * For backtraces, the entry pushes a frame (interrupted RBP, interrupted RIP) like a
 * call from the interrupted instruction would have.
 */
#define PT_IP 136	/* offsetof(struct pt_regs, ip); traps.c checks */

	.section .text.idt_stubs, "ax", @progbits
	.balign 16
	.globl idt_stubs
idt_stubs:
	.set vector, 0
	.rept 256
	.balign 16
	/* Those that push an error code: SDM vol. 3A table 6-1, AMD APM vol. 2 8.2 (29, 30). */
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
	pushq $0
	.endif
	pushq $vector
	jmp entry_common
	.set vector, vector + 1
	.endr

	.section .text.hot, "ax", @progbits
	.balign 16
	.globl entry_common
entry_common:
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %rax
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	cld
	/* User access in progress: what runs now, maybe another thread, must not inherit AC. */
	cmpb $0, cpu_smap(%rip)
	je 1f
	clac
1:	movq %rsp, %rdi
	pushq PT_IP(%rdi)
	pushq %rbp
	movq %rsp, %rbp
	call entry_dispatch
	addq $16, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rax
	popq %rcx
	popq %rdx
	popq %rsi
	popq %rdi
	addq $16, %rsp
	iretq

/*
 * struct task_struct *__switch_to_asm(prev, next): saves what C preserves on prev's stack,
 * its stack pointer in prev->sp (offset 0), and goes on where next left off. IRQs off.
 * Returns prev. arch_prepare_stack() builds what a new thread "left".
 */
	.text
	.balign 16
	.globl __switch_to_asm
__switch_to_asm:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, (%rdi)
	movq (%rsi), %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	movq %rdi, %rax
	ret

	.section .note.GNU-stack, "", @progbits
