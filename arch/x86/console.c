/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The console: one 16550-compatible UART, polled, output only.
 *
 *	console=0x3f8		port
 *	console=ttyS1,57600	COM1 … COM4 by name; speed
 *	console=none		no output at all
 *
 * Machines without a UART read all ones there. The wait for room is bounded, so that
 * a port which answers but never drains (no peer, flow control in firmware) costs
 * time once and then loses output, instead of hanging the run.
 */
#include "early.h"
#include "io.h"
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/string.h>
#include <asm/insn.h>
#include <asm/setup.h>

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
#define UART_CLOCK     115200

/* A character at 9600 baud takes a millisecond; a port read takes about a microsecond. */
#define SPINS_PER_CHAR 200000

static u16 port; /* 0: no console */

static bool console_parse(const char *s, u16 *portp, u32 *speed)
{
	static const u16 com[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
	char word[16];
	size_t n = 0;
	u64 v;

	while (s[n] && s[n] != ',')
		n++;
	if (n >= sizeof(word))
		return false;
	memcpy(word, s, n);
	word[n] = '\0';
	if (!strcmp(word, "none"))
		*portp = 0;
	else if (n == 5 && !strncmp(word, "ttyS", 4) && word[4] >= '0' && word[4] <= '3')
		*portp = com[word[4] - '0'];
	else if (!parse_u64(word, &v) && v >= 0x100 && v <= 0xfff8)
		*portp = (u16)v;
	else
		return false;
	if (s[n] != ',')
		return true;
	if (parse_u64(s + n + 1, &v) || !v || v > UART_CLOCK || UART_CLOCK % v)
		return false;
	*speed = (u32)v;
	return true;
}

static int console_set(const char *value)
{
	u16 p;
	u32 speed;

	return console_parse(value, &p, &speed) ? 0 : -EINVAL; /* in force since console_init() */
}
PARAM(console, "serial port, ttyS0..ttyS3 or 0x<port>, then optionally ,<baud> (ttyS0,115200)",
      console_set);

void console_init(const char *cmdline)
{
	u16 p = 0x3f8;
	u32 speed = UART_CLOCK;
	char value[32];

	/* A value that cannot be read falls back to the default, where console_set() complains. */
	if (cmdline_find(cmdline, "console", value, sizeof(value)) &&
	    !console_parse(value, &p, &speed)) {
		p = 0x3f8;
		speed = UART_CLOCK;
	}
	if (!p)
		return;
	outb(p + UART_SCR, 0x5a);
	if (inb(p + UART_SCR) != 0x5a)
		return;
	outb(p + UART_IER, 0);
	outb(p + UART_LCR, LCR_DLAB | LCR_8N1);
	outb(p + UART_DATA, (u8)(UART_CLOCK / speed));
	outb(p + UART_IER, (u8)((UART_CLOCK / speed) >> 8));
	outb(p + UART_LCR, LCR_8N1);
	outb(p + UART_FCR, 0x07); /* FIFOs on and empty */
	outb(p + UART_MCR, 0x03); /* DTR, RTS */
	port = p;
}

void console_putc(char c)
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
