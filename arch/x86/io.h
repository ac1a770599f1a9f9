/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_IO_H
#define X86_IO_H

#include <kernel/compiler.h>
#include <kernel/types.h>

static __always_inline void outb(u16 port, u8 v)
{
	__asm__ __volatile__("outb %0,%1" ::"a"(v), "Nd"(port) : "memory");
}

static __always_inline u8 inb(u16 port)
{
	u8 v;

	__asm__ __volatile__("inb %1,%0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static __always_inline void outl(u16 port, u32 v)
{
	__asm__ __volatile__("outl %0,%1" ::"a"(v), "Nd"(port) : "memory");
}

static __always_inline u32 inl(u16 port)
{
	u32 v;

	__asm__ __volatile__("inl %1,%0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

/* HLT with interrupts off: the end, but for NMI (SDM vol. 2A HLT). */
static __always_inline void insn_hlt(void)
{
	__asm__ __volatile__("hlt" ::: "memory");
}

#endif
