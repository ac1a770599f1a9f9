/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_HISTORY_MODE_H
#define TESTS_HISTORY_MODE_H

/*
 * How a history is printed. The explorer includes this too, which is an ordinary program.
 *
 * fold: what the verdict is about, and the operations around it
 * full: every event
 * line: folded, then each event in a line of its own, for tools/history_svg.py
 */
enum history_mode { HISTORY_FOLD, HISTORY_FULL, HISTORY_LINE, HISTORY_MODES };

/*
 * By name; HISTORY_MODES: no such one. The names have one length, and there is no branch that depends
 * on which it is: a run that counts instructions (DETERMINISTIC=1) is the same with each.
 */
static inline enum history_mode history_mode_of(const char *name)
{
	unsigned int fold, full, line, word = 0;

	for (unsigned int i = 0; i < 4 && name[i]; i++)
		word = word << 8 | (unsigned char)name[i];
	if (word < 1u << 24 || name[4])
		return HISTORY_MODES;
	fold = word == 0x666f6c64;
	full = word == 0x66756c6c;
	line = word == 0x6c696e65;
	/* Or the compiler, which knows that each is 0 or 1, makes branches of the products. */
	__asm__("" : "+r"(fold), "+r"(full), "+r"(line));
	return (enum history_mode)(full * HISTORY_FULL + line * HISTORY_LINE +
				   (1 - fold - full - line) * HISTORY_MODES);
}

#endif
