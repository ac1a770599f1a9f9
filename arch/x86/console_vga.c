/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VGA text mode, as the BIOS leaves it: two bytes a character, its code and its colours. IBM VGA
 * technical reference, alphanumeric modes.
 */
#include "console.h"
#include "early.h"
#include <kernel/compiler.h>
#include <asm/page.h>

#define GREY_ON_BLACK 0x0700

static struct boot_screen text;
static char *base;

static volatile u16 *cell(u32 row, u32 col)
{
	return (volatile u16 *)(base + row * text.pitch) + col;
}

static void vga_draw(u32 row, u32 col, char c)
{
	*cell(row, col) = (u16)(GREY_ON_BLACK | (u8)c);
}

static bool vga_map(void)
{
	base = kmap_screen(text.address, text.pitch * text.height);
	return false;
}

/* Without a VGA in text mode there is no memory at that address. */
static bool answers(void)
{
	volatile u16 *c = cell(0, 0);

	*c = 0x55aa;
	if (*c != 0x55aa)
		return false;
	*c = 0xaa55;
	return *c == 0xaa55;
}

const struct screen *screen_vga(const struct boot_screen *bs)
{
	static struct screen screen = {.draw = vga_draw, .map = vga_map};

	text = *bs;
	base = __va(text.address);
	screen.cols = text.width;
	screen.rows = text.height;
	return answers() ? &screen : NULL;
}
