/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One 16550-compatible UART, polled, output only. Machines without a UART read all ones there. The
 * wait for room is bounded, so that a port which answers but never drains (no peer, flow control in
 * firmware) costs time once and then loses output, instead of hanging the run.
 */
#include "console.h"
#include "io.h"
#include <asm/insn.h>

/* Registers: National Semiconductor PC16550D data sheet, table II. */
#define UART_DATA      0
#define UART_IER       1
#define UART_FCR       2
#define UART_LCR       3
#define UART_MCR       4
#define UART_LSR       5
#define UART_SCR       7
#define LCR_8N1	       0x03
#define LCR_DLAB       0x80
#define LSR_THRE       0x20

/* A character at 9600 baud takes a millisecond; a port read takes about a microsecond. */
#define SPINS_PER_CHAR 200000

static u16 port; /* 0: it does not drain */

static void serial_putc(char c)
{
	u32 spins = SPINS_PER_CHAR;

	if (!port)
		return;
	while (!(inb(port + UART_LSR) & LSR_THRE)) {
		if (!--spins) {
			port = 0;
			return;
		}
		cpu_relax();
	}
	outb(port + UART_DATA, (u8)c);
}

const struct console_ops *console_serial(u16 p, u32 speed)
{
	static const struct console_ops ops = {.putc = serial_putc};

	outb(p + UART_SCR, 0x5a);
	if (inb(p + UART_SCR) != 0x5a)
		return NULL;
	outb(p + UART_IER, 0);
	outb(p + UART_LCR, LCR_DLAB | LCR_8N1);
	outb(p + UART_DATA, (u8)(UART_CLOCK / speed));
	outb(p + UART_IER, (u8)((UART_CLOCK / speed) >> 8));
	outb(p + UART_LCR, LCR_8N1);
	outb(p + UART_FCR, 0x07); /* FIFOs on and empty */
	outb(p + UART_MCR, 0x03); /* DTR, RTS */
	port = p;
	return &ops;
}
