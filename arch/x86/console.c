/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which consoles are written to:
 *
 *	console=auto		the first serial port, else a PCI serial card; and the screen, if the
 *				loader says that there is one (the default)
 *	console=ttyS1,57600	ttyS0 ... ttyS3 by name; speed
 *	console=0x3f8		a port
 *	console=pci,9600	the first PCI serial card that answers
 *	console=vga		the screen: the loader's framebuffer, else VGA text
 *	console=none		no output at all
 *
 * What is named and does not answer is an error, which is printed as console=auto would.
 */
#include "console.h"
#include "early.h"
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/param.h>
#include <kernel/string.h>
#include <asm/setup.h>

#define MIN_SPEED 2 /* a divisor has 16 bits */

enum kind { KIND_AUTO, KIND_PORT, KIND_PCI, KIND_VGA, KIND_NONE };

struct choice {
	enum kind kind;
	u16 port;
	u32 speed;
};

static const struct console_ops *consoles[2]; /* written at boot only */
static unsigned int nr_consoles;
static bool unanswered; /* what console= names is not there */

static bool parse_device(const char *word, struct choice *c)
{
	static const u16 com[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
	u64 v;

	if (!strcmp(word, "auto")) {
		c->kind = KIND_AUTO;
	} else if (!strcmp(word, "none")) {
		c->kind = KIND_NONE;
	} else if (!strcmp(word, "vga")) {
		c->kind = KIND_VGA;
	} else if (!strcmp(word, "pci")) {
		c->kind = KIND_PCI;
	} else if (!strncmp(word, "ttyS", 4) && word[4] >= '0' && word[4] <= '3' && !word[5]) {
		c->kind = KIND_PORT;
		c->port = com[word[4] - '0'];
	} else if (!parse_u64(word, &v) && v >= 0x100 && v <= 0xfff8) {
		c->kind = KIND_PORT;
		c->port = (u16)v;
	} else {
		return false;
	}
	return true;
}

static bool parse_choice(const char *s, struct choice *c)
{
	char word[16];
	size_t n = 0;
	u64 v;

	while (s[n] && s[n] != ',')
		n++;
	if (n >= sizeof(word))
		return false;
	memcpy(word, s, n);
	word[n] = '\0';
	c->speed = UART_CLOCK;
	if (!parse_device(word, c))
		return false;
	if (s[n] != ',')
		return true;
	if (parse_u64(s + n + 1, &v) || v < MIN_SPEED || v > UART_CLOCK || UART_CLOCK % v)
		return false;
	c->speed = (u32)v;
	return true;
}

static int console_set(const char *value)
{
	struct choice c;

	if (!parse_choice(value, &c))
		return -EINVAL;
	if (unanswered)
		fatal("console=%s: nothing answers there; take another one, or leave it out",
		      value);
	return 0; /* in force since console_init() */
}
PARAM(console, "auto, ttyS0..ttyS3 or 0x<port> or pci, then optionally ,<baud>; vga, none (auto)",
      console_set);

static void add(const struct console_ops *con)
{
	if (con)
		consoles[nr_consoles++] = con;
}

static const struct console_ops *screen_or_vga(const struct boot_screen *bs)
{
	static const struct boot_screen vga = {
		.kind = SCREEN_TEXT, .address = 0xb8000, .pitch = 160, .width = 80, .height = 25};

	return console_screen(bs->kind == SCREEN_NONE ? &vga : bs);
}

static void use(const struct choice *c, const struct boot_screen *bs)
{
	switch (c->kind) {
	case KIND_PORT:
		add(console_serial(c->port, c->speed));
		break;
	case KIND_PCI:
		add(console_pci(c->speed));
		break;
	case KIND_VGA:
		add(screen_or_vga(bs));
		break;
	case KIND_AUTO:
		add(console_serial(0x3f8, c->speed));
		if (!nr_consoles)
			add(console_pci(c->speed));
		add(console_screen(bs));
		break;
	case KIND_NONE:
		break;
	}
}

void console_init(const char *cmdline, const struct boot_screen *bs)
{
	struct choice c, automatic = {.kind = KIND_AUTO, .speed = UART_CLOCK};
	char value[32];

	/* A value that cannot be read falls back to the default, where console_set() complains. */
	if (!cmdline_find(cmdline, "console", value, sizeof(value)) || !parse_choice(value, &c))
		c = automatic;
	use(&c, bs);
	if (!nr_consoles && c.kind != KIND_AUTO && c.kind != KIND_NONE) {
		unanswered = true;
		use(&automatic, bs);
	}
}

void console_map(void)
{
	for (unsigned int i = 0; i < nr_consoles; i++)
		if (consoles[i]->map)
			consoles[i]->map();
}

void console_putc(char c)
{
	for (unsigned int i = 0; i < nr_consoles; i++)
		consoles[i]->putc(c);
}
