/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The image's two entries. Both are entered in 32-bit protected mode, paging off,
 * interrupts off, and differ only in what EBX points to:
 *
 *	multiboot2	EAX = 0x36d76289, EBX = boot information (Multiboot2 3.3)
 *	PVH		EBX = struct hvm_start_info (Xen docs/misc/pvh.pandoc)
 *
 * GRUB enters here under UEFI as well: without an EFI entry tag in the header it leaves
 * boot services and goes back to 32-bit mode, so there is one path to test, not three.
 *
 * enter_long is shared with the application processors (trampoline.S). The early page
 * tables map the first 4 GiB three times with 2 MiB pages, without NX: identity (the
 * instruction after CR0.PG=1 must be mapped), direct map, image. Only boot code and AP
 * start-up run on them; kmap.c builds the real ones. They are data, not code that
 * fills them: nothing to get wrong in 32-bit mode.
 */
#define KERNEL_MAP 0xffffffff80000000
#define PA(sym)	   ((sym) - KERNEL_MAP)

#define MB2_MAGIC    0xe85250d6
#define PVH_MAGIC    0x336ec578
#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define MSR_EFER     0xc0000080
#define MSR_GS_BASE  0xc0000101
#define CR0_BITS     0x80010033		/* PG WP NE ET MP PE; CD and NW cleared */
#define CR4_PAE	     0x20
#define EFER_BITS    0x900		/* NXE LME */
#define PTE_2M	     0xe3		/* P RW A D PS */

	.section .boot.header, "a"
	.balign 8
mb2_header:
	.long MB2_MAGIC, 0, mb2_header_end - mb2_header
	.long -(MB2_MAGIC + mb2_header_end - mb2_header)
	.short 1, 0			/* we need: command line, memory map */
	.long 16, 1, 6
	.short 1, 1			/* and, if there: ACPI 1.0 and 2.0 RSDP */
	.long 16, 14, 15
	.short 5, 1			/* a screen, if there: in pixels, of any size */
	.long 20, 0, 0, 32
	.balign 8
	.short 3, 0			/* physical entry: e_entry is virtual */
	.long 12, PA(mb2_entry)
	.balign 8
	.short 0, 0
	.long 8
mb2_header_end:

	.section .note.Xen, "a", @note
	.long 4, 4, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz "Xen"
	.long PA(pvh_entry)

	.text
	.code32
	.globl mb2_entry, pvh_entry
mb2_entry:
	movl %eax, PA(boot_magic)
	jmp 1f
pvh_entry:
	movl $PVH_MAGIC, PA(boot_magic)
1:	movl %ebx, PA(boot_info_paddr)
	cli
	cld
	movl $PA(boot_stack_top), %esp
	/* Features that this code and compiled C need. cpu.c checks those needed later. */
	movl $PA(needed), %edi
1:	movl (%edi), %esi
	testl %esi, %esi
	jz 3f
	movl %esi, %eax
	andl $0x80000000, %eax
	cpuid
	cmpl %esi, %eax
	jb 2f
	movl %esi, %eax
	cpuid
	testl 4(%edi), %edx
	jz 2f
	addl $16, %edi
	jmp 1b
2:	movl $PA(missing_msg), %esi
	call early_puts
	leal 8(%edi), %esi
	call early_puts
	movl $PA(missing_end_msg), %esi
	call early_puts
	movw $0xf4, %dx			/* QEMU's exit device, if it is there: EXIT_ERROR */
	movl $0x12, %eax
	outl %eax, %dx
1:	hlt
	jmp 1b
3:	movl $PA(bsp_start), %ebp
	jmp enter_long

/* No C before long mode, and no command line yet: ESI to the first serial port, if it has room. */
early_puts:
1:	movw $0x3fd, %dx
	movl $0x10000, %ecx
2:	inb %dx, %al
	testb $0x20, %al
	jnz 3f
	pause
	loop 2b
3:	lodsb
	testb %al, %al
	jz 4f
	movw $0x3f8, %dx
	outb %al, %dx
	jmp 1b
4:	ret

/*
 * 32-bit protected mode, flat, paging off, to 64-bit mode at the image address whose
 * physical address is in EBP. SDM vol. 3A 10.8.5; AMD APM vol. 2 14.6.1. CR4 is written, not
 * or-ed to: what firmware left there (LA57, PCIDE) must not survive.
 */
	.globl enter_long
enter_long:
	lgdt PA(boot_gdtr)
	movl $0x10, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $PA(early_pml4), %eax
	movl %eax, %cr3
	movl $MSR_EFER, %ecx
	movl $EFER_BITS, %eax
	xorl %edx, %edx
	wrmsr
	movl $CR0_BITS, %eax
	movl %eax, %cr0
	ljmp $0x18, $PA(1f)
	.code64
1:	movl %ebp, %eax
	addq $KERNEL_MAP, %rax
	jmp *%rax

bsp_start:
	xorl %eax, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl %eax, %fs
	movl %eax, %gs
	xorl %edx, %edx			/* GS base 0: the per-CPU section as linked */
	movl $MSR_GS_BASE, %ecx
	wrmsr
	movq $boot_stack_top, %rsp
	xorl %ebp, %ebp			/* ends backtraces */
	pushq $2
	popfq
	call start_kernel
1:	cli
	hlt
	jmp 1b

	.section .rodata
	.balign 8
	.globl boot_gdt, boot_gdtr
boot_gdt:
	.quad 0
	.quad 0x00cf9b000000ffff	/* 0x08: 32-bit code */
	.quad 0x00cf93000000ffff	/* 0x10: data */
	.quad 0x00af9b000000ffff	/* 0x18: 64-bit code */
boot_gdtr:
	.short boot_gdtr - boot_gdt - 1
	.long PA(boot_gdt)
	.macro need leaf, bit, name	/* CPUID leaf, bit of EDX: 16 bytes each */
	.long \leaf, 1 << \bit
	.asciz "\name"
	.balign 16
	.endm
	.balign 16
needed:
	need 1, 5, "MSR"
	need 1, 6, "PAE"
	need 1, 15, "CMOV"
	need 0x80000001, 20, "NX"
	need 0x80000001, 29, "64 bits"
	.long 0
missing_msg:
	.asciz "error: this CPU does not offer "
missing_end_msg:
	.asciz ": use another machine, switch it on in the firmware, or QEMU -cpu max\r\n"

	.section .data.page_aligned, "aw"
	.balign 4096
	.globl early_pml4
early_pml4:
	.quad PA(early_pud) + 3		/* identity */
	.fill 272, 8, 0
	.quad PA(early_pud) + 3		/* 273: PAGE_OFFSET */
	.fill 237, 8, 0
	.quad PA(early_pud_image) + 3	/* 511: __START_KERNEL_map */
early_pud:
	.quad PA(early_pmd) + 3, PA(early_pmd) + 0x1003
	.quad PA(early_pmd) + 0x2003, PA(early_pmd) + 0x3003
	.fill 508, 8, 0
early_pud_image:
	.fill 510, 8, 0
	.quad PA(early_pmd) + 3, 0
early_pmd:
	.set page, 0
	.rept 2048
	.quad page + PTE_2M
	.set page, page + 0x200000
	.endr

	.data
	.globl boot_magic, boot_info_paddr
boot_magic:
	.long 0
boot_info_paddr:
	.long 0

	/* kmap.c leaves the guard page out of the real page tables. */
	.section .bss.page_aligned, "aw", @nobits
	.balign 16384
	.globl boot_stack, boot_stack_guard
	.skip 12288
boot_stack_guard:
	.skip 4096
boot_stack:
	.skip 16384
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
