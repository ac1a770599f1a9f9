/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_RACE_H
#define MODEL_RACE_H

#include <kernel/config.h>
#include <kernel/event.h>

/*
 * Data races, in the sense of the LKMM and of KCSAN: two accesses of different CPUs to the
 * same byte, at least one a write and at least one plain, neither of which happens before the
 * other. The build with CONFIG_MODEL_RACES=1 looks for them (race.c); in the other builds these
 * functions do nothing.
 *
 * Happens-before:
 *  - from a store-release, or a store after a release fence, to the load that reads it;
 *  - from stores to a word to a later locked operation on it, and from that to later reads;
 *  - from the unlock of a lock to its next lock;
 *  - from the sending of an interrupt to its handler; with x2APIC only from what comes before
 *    a fence that precedes the send.
 * One CPU's threads and interrupts are in program order.
 */
enum {
	RACE_WRITE = 1,
	RACE_MARKED = 2,
};

/* The access itself, when its step has been taken. @pc: the place of the access in the code. */
void race_access(const volatile void *p, size_t size, unsigned int kind, const void *pc);
/* Its happens-before. That of a store in a store buffer begins when the store drains. */
void race_load(const volatile void *p, bool acquire);
void race_store(const volatile void *p, bool release);
void race_rmw(const volatile void *p);
void race_lock(const volatile void *p);
void race_enter(unsigned int slot, bool release);
void race_drain(unsigned int cpu, unsigned int slot, const void *p);
/* An interrupt to @target; @fenced_only: the send waits for no store (x2APIC). */
void race_send(unsigned int target, bool fenced_only);
void race_taken(void);
void race_reset(void);

/* The verdict of this schedule, or NULL; its places are numbers, for host_spell(). */
const char *race_verdict(void);
/* Write the lines of its two accesses, before a history is printed. */
void race_spell_lines(void);

#endif
