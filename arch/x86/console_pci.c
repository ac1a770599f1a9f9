/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A serial card on PCI, or a management engine's serial-over-LAN, which looks like one: class
 * 07.00, registers of a 16550 behind an I/O BAR that firmware has placed. A card with its
 * registers in memory is passed over.
 *
 * Source: PCI Local Bus Specification 3.0, section 3.2.2.3.2 (configuration mechanism 1), 6.1, 6.2.5.1;
 * appendix D for the class.
 */
#include "console.h"
#include "io.h"
#include <kernel/compiler.h>

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  0x80000000U

#define REG_ID	       0x00
#define REG_COMMAND    0x04
#define REG_CLASS      0x08 /* class, subclass, interface, revision */
#define REG_HEADER     0x0c /* the header's type in bits 16 to 23 */
#define REG_BAR0       0x10
#define COMMAND_IO     0x1
#define BAR_IO	       0x1
#define MULTI_FUNCTION 0x00800000U
#define NO_DEVICE      0xffffffffU
#define CLASS_SERIAL   0x0700
#define LAST_16550     6 /* interfaces 0 to 6: 8250 to 16950, each does what a 16450 does */

static u32 config_read(u32 function, u32 reg)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | function << 8 | reg);
	return inl(CONFIG_DATA);
}

static void config_write(u32 function, u32 reg, u32 v)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | function << 8 | reg);
	outl(CONFIG_DATA, v);
}

/* The ports of a serial card at this function, or 0. */
static u16 serial_port(u32 function)
{
	u32 class = config_read(function, REG_CLASS), bar;

	if (class >> 16 != CLASS_SERIAL || (class >> 8 & 0xff) > LAST_16550)
		return 0;
	bar = config_read(function, REG_BAR0);
	if (!(bar & BAR_IO) || (bar & ~3U) > 0xfff8)
		return 0;
	return (u16)(bar & ~3U);
}

static const struct console_ops *try_function(u32 function, u32 speed)
{
	u16 port = serial_port(function);

	if (!port)
		return NULL;
	/* The upper half is the status register, whose bits are cleared by writing 1. */
	config_write(function, REG_COMMAND,
		     (config_read(function, REG_COMMAND) & 0xffff) | COMMAND_IO);
	return console_serial(port, speed);
}

const struct console_ops *console_pci(u32 speed)
{
	/* @f: bus, device, function, in 8, 5, 3 bits. */
	for (u32 f = 0; f < 1U << 16; f++) {
		const struct console_ops *con;

		if (config_read(f, REG_ID) == NO_DEVICE) {
			f |= f & 7 ? 0 : 7;
			continue;
		}
		con = try_function(f, speed);
		if (con)
			return con;
		if (!(f & 7) && !(config_read(f, REG_HEADER) & MULTI_FUNCTION))
			f |= 7;
	}
	return NULL;
}
