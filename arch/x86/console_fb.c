/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A linear framebuffer, as UEFI leaves it: white on black, which is all ones and all zeroes whatever
 * the order of the colours. A character is 8 x 16 pixels, or a multiple where there are many.
 */
#include "console.h"
#include "early.h"
#include <kernel/compiler.h>
#include <asm/page.h>

#define GLYPH_WIDTH  8
#define GLYPH_HEIGHT 16
#define WIDE	     1280 /* pixels for which a size of 1 is readable */

static struct boot_screen fb;
static char *base; /* NULL: beyond what the early tables map */
static u32 scale;

static void put_pixel(char *p, u32 v)
{
	if (fb.pixel == 4) {
		*(volatile u32 *)p = v;
		return;
	}
	*(volatile u16 *)p = (u16)v;
	if (fb.pixel == 3)
		*(volatile u8 *)(p + 2) = (u8)v;
}

/* The font's column 0 is the cell's column 1; each of its rows is two of the cell's. */
static u32 pixel_of(char c, u32 x, u32 y)
{
	u32 bits = (u32)console_font[c - ' '][y * FONT_ROWS / GLYPH_HEIGHT] << 2;

	return bits & 0x80 >> x ? 0xffffffff : 0;
}

static void fb_draw(u32 row, u32 col, char c)
{
	if (!base)
		return;
	for (u32 y = 0; y < GLYPH_HEIGHT * scale; y++) {
		char *p = base + (u64)(row * GLYPH_HEIGHT * scale + y) * fb.pitch +
			  (u64)col * GLYPH_WIDTH * scale * fb.pixel;

		for (u32 x = 0; x < GLYPH_WIDTH * scale; x++, p += fb.pixel)
			put_pixel(p, pixel_of(c, x / scale, y / scale));
	}
}

static bool fb_map(void)
{
	bool nothing_drawn = !base;

	base = NULL; /* an error in the next line is for the serial port alone */
	base = kmap_screen(fb.address, (u64)fb.pitch * fb.height);
	return nothing_drawn;
}

const struct screen *screen_fb(const struct boot_screen *bs)
{
	static struct screen screen = {.draw = fb_draw, .map = fb_map};

	fb = *bs;
	scale = max(fb.width / WIDE, 1U);
	if (boot_info_mapped(fb.address, (u64)fb.pitch * fb.height))
		base = __va(fb.address);
	screen.cols = fb.width / (GLYPH_WIDTH * scale);
	screen.rows = fb.height / (GLYPH_HEIGHT * scale);
	return screen.cols && screen.rows > 1 ? &screen : NULL;
}
