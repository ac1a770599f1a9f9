/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How an application processor gets from its start-up IPI to C.
 *
 * The IPI's vector is a page number below 1 MiB; the CPU starts there in real mode with
 * CS = page << 8 (SDM vol. 3A 9.4.4). Only the few instructions up to the far jump are copied to
 * that page; they address themselves through CS and jump to the image at its physical
 * address, so nothing in the copy needs patching and any page will do.
 *
 * One start-up IPI goes to all CPUs at once. They run this code at the same time,
 * without a stack, until each has found its own line of ap_boot[] by its APIC ID.
 * A CPU without a line, or with a line without a stack, halts for good with interrupts off: one
 * that firmware disabled but that receives the broadcast, or inject=ap-silent.
 */
#define KERNEL_MAP 0xffffffff80000000
#define PA(sym)	   ((sym) - KERNEL_MAP)
#define MSR_GS_BASE 0xc0000101

/* struct ap_boot (arch/x86/smpboot.h) */
#define AP_APIC_ID 0
#define AP_STACK   8
#define AP_PERCPU  16
#define AP_SIZE	   24

	.section .rodata
	.globl trampoline_start, trampoline_end
	.code16
trampoline_start:
	cli
	cld
	movw %cs, %ax
	movw %ax, %ds
	lgdtl (trampoline_gdtr - trampoline_start)
	movl $0x11, %eax		/* PE ET; paging off, caches on */
	movl %eax, %cr0
	ljmpl $0x08, $PA(ap_protected)
	.balign 4
trampoline_gdtr:
	.short 31
	.long PA(boot_gdt)
trampoline_end:

	.text
	.code32
ap_protected:
	movl $0x10, %eax
	movl %eax, %ds
	movl $PA(ap_start), %ebp
	jmp enter_long

	.code64
ap_start:
	/* x2APIC ID: CPUID 0BH EDX where EBX[15:0] != 0, else the initial ID of leaf 1. */
	xorl %eax, %eax
	cpuid
	cmpl $0xb, %eax
	jb 1f
	movl $0xb, %eax
	xorl %ecx, %ecx
	cpuid
	testw %bx, %bx
	jnz 2f
1:	movl $1, %eax
	cpuid
	shrl $24, %ebx
	movl %ebx, %edx
2:	movq $ap_boot, %rsi
	xorl %edi, %edi
	movl nr_cpu_ids, %ecx
3:	cmpl %edx, AP_APIC_ID(%rsi)
	je ap_found
	addq $AP_SIZE, %rsi
	incl %edi
	decl %ecx
	jnz 3b
ap_park:
	cli
	hlt
	jmp ap_park
ap_found:
	movq AP_STACK(%rsi), %r8
	testq %r8, %r8
	jz ap_park
	/* The image is mapped at the same place by both tables; stacks only by the real ones. */
	movq kernel_cr3, %rax
	movq %rax, %cr3
	movq %r8, %rsp
	movl AP_PERCPU(%rsi), %eax
	movl (AP_PERCPU + 4)(%rsi), %edx
	movl $MSR_GS_BASE, %ecx
	wrmsr
	xorl %eax, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %ebp, %ebp
	pushq $2
	popfq
	call smpboot_ap_entry		/* (cpu in EDI) does not return */
1:	cli
	hlt
	jmp 1b

	.section .note.GNU-stack, "", @progbits
