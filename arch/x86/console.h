/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_CONSOLE_H
#define X86_CONSOLE_H

#include <boot/boot_info.h>
#include <kernel/types.h>

/*
 * Kinds of consoles, a file each; console.c chooses. putc() is called with printk()'s lock held, or
 * in a panic without it, in any context. It takes a bounded time.
 */
struct console_ops {
	void (*putc)(char c);
	void (*map)(void); /* once kmap_init() has replaced the early tables, or NULL */
};

#define UART_CLOCK 115200 /* the highest speed; all others are divisors of it */

/**
 * console_serial - a 16550 at an I/O port (console_serial.c)
 * @port: the first of its eight ports
 * @speed: baud, a divisor of UART_CLOCK
 *
 * Return: the console, or NULL if no UART answers there.
 */
const struct console_ops *console_serial(u16 port, u32 speed);

/* The first PCI serial card that answers, or NULL (console_pci.c). */
const struct console_ops *console_pci(u32 speed);

/**
 * console_screen - a screen of text, in characters or in pixels (console_screen.c)
 * @bs: what the loader says of it
 *
 * Return: the console, or NULL if @bs is of no kind that can be drawn on.
 */
const struct console_ops *console_screen(const struct boot_screen *bs);

/* How one kind of screen shows characters: console_vga.c, console_fb.c. */
struct screen {
	u32 cols, rows;
	void (*draw)(u32 row, u32 col, char c); /* @c is printable */
	bool (*map)(void); /* for console_ops.map; whether all must be drawn again */
};

/* NULL if there is none. */
const struct screen *screen_vga(const struct boot_screen *bs);
const struct screen *screen_fb(const struct boot_screen *bs);

/* Glyphs of ' ' to '~' (console_font.c): eight rows, bit 4 is the leftmost of five columns. */
#define FONT_ROWS 8
extern const u8 console_font['~' - ' ' + 1][FONT_ROWS];

#endif
