/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_EVENT_WORDS_H
#define KERNEL_EVENT_WORDS_H

/*
 * What the codes in events mean: W(NAME, "in words"), in the order of their values, here and nowhere else. The
 * enum is what the code that observes and the oracles use, the words are what a decoder prints
 * (kernel/event_format.c, tools/gdb/shootdown.py). An event that carries one, as its third word, is an
 * EVENT_CODED() of <kernel/event_list.h>.
 */
/* FLUSH_FUNC: what the handler of a flush did */
#define FLUSH_DONE(W)                                    \
	W(FLUSHED_NONE, "nothing to do")                 \
	W(FLUSHED_PART, "these pages")                   \
	W(FLUSHED_FULL, "everything")                    \
	W(FLUSHED_LAZY, "lazy: loads init_mm")           \
	W(FLUSHED_OTHER_MM, "other mm: leaves the mask") \
	W(FLUSHED_TO_GLOBAL, "goes to the global ASID")

/* SYNC_BEGIN, SYNC_END: is the wait carried out? */
#define SYNC_WAITS(W)               \
	W(SYNC_SKIPPED, "left out") \
	W(SYNC_WAITED, "carried out")

/* ASID_GLOBAL: when an mm gets its global ASID */
#define ASID_GIVEN(W)                      \
	W(ASID_GIVEN_AT_BIRTH, "at birth") \
	W(ASID_GIVEN_IN_USE, "while in use")

#define __EVENT_CODE(name, word) name,
enum flush_done { FLUSH_DONE(__EVENT_CODE) };
enum sync_waits { SYNC_WAITS(__EVENT_CODE) };
enum asid_given { ASID_GIVEN(__EVENT_CODE) };

#endif
