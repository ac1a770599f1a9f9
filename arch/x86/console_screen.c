/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A screen as a grid of characters. What is on it is kept here: reading a framebuffer is slow, and
 * only cells that change are drawn. At the bottom the lower half moves up in one go, which is drawn
 * once in rows/2 lines.
 */
#include "console.h"
#include <kernel/compiler.h>

#define MAX_COLS 256
#define MAX_ROWS 160

static char cells[MAX_ROWS][MAX_COLS];
static const struct screen *screen;
static u32 cols, rows, row, col; /* written under printk()'s lock */

static void put(u32 r, u32 c, char what)
{
	if (cells[r][c] == what)
		return;
	cells[r][c] = what;
	screen->draw(r, c, what);
}

static void half_up(void)
{
	u32 by = rows - rows / 2;

	for (u32 r = 0; r < rows; r++)
		for (u32 c = 0; c < cols; c++)
			put(r, c, r + by < rows ? cells[r + by][c] : ' ');
	row -= by;
}

static void newline(void)
{
	col = 0;
	if (++row == rows)
		half_up();
}

static void screen_putc(char c)
{
	if (c == '\r') {
		col = 0;
		return;
	}
	if (c == '\n') {
		newline();
		return;
	}
	if (col == cols)
		newline();
	if (c == '\t')
		c = ' ';
	put(row, col++, c >= ' ' && c <= '~' ? c : '?');
}

static void draw_all(void)
{
	for (u32 r = 0; r < rows; r++)
		for (u32 c = 0; c < cols; c++)
			screen->draw(r, c, cells[r][c]);
}

static void screen_map(void)
{
	if (screen->map())
		draw_all();
}

const struct console_ops *console_screen(const struct boot_screen *bs)
{
	static const struct console_ops ops = {.putc = screen_putc, .map = screen_map};

	if (bs->kind == SCREEN_TEXT)
		screen = screen_vga(bs);
	else if (bs->kind == SCREEN_PIXELS)
		screen = screen_fb(bs);
	if (!screen)
		return NULL;
	cols = min_t(u32, screen->cols, MAX_COLS);
	rows = min_t(u32, screen->rows, MAX_ROWS);
	for (u32 r = 0; r < rows; r++)
		for (u32 c = 0; c < cols; c++)
			cells[r][c] = ' ';
	draw_all();
	return &ops;
}
