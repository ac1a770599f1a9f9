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

struct mcpu;

void __race_access(const volatile void *p, size_t size, unsigned int kind, const void *pc);
void __race_load(const volatile void *p, bool acquire);
void __race_store(const volatile void *p, bool release);
void __race_rmw(const volatile void *p);
void __race_lock(const volatile void *p);
void __race_enter(unsigned int slot, bool release);
void __race_drain(unsigned int cpu, unsigned int slot, const void *p);
void __race_send(unsigned int target, bool fenced_only);
void __race_taken(void);
void __race_reset(void);

/* The access itself, when its step has been taken. @pc: the place of the access in the code. */
static inline void race_access(const volatile void *p, size_t size, unsigned int kind,
			       const void *pc)
{
	if (CONFIG_MODEL_RACES)
		__race_access(p, size, kind, pc);
}

/* Its happens-before. That of a store in a store buffer begins when the store drains. */
static inline void race_load(const volatile void *p, bool acquire)
{
	if (CONFIG_MODEL_RACES)
		__race_load(p, acquire);
}

static inline void race_store(const volatile void *p, bool release)
{
	if (CONFIG_MODEL_RACES)
		__race_store(p, release);
}

static inline void race_rmw(const volatile void *p)
{
	if (CONFIG_MODEL_RACES)
		__race_rmw(p);
}

static inline void race_lock(const volatile void *p)
{
	if (CONFIG_MODEL_RACES)
		__race_lock(p);
}

static inline void race_enter(unsigned int slot, bool release)
{
	if (CONFIG_MODEL_RACES)
		__race_enter(slot, release);
}

static inline void race_drain(unsigned int cpu, unsigned int slot, const void *p)
{
	if (CONFIG_MODEL_RACES)
		__race_drain(cpu, slot, p);
}

/* An interrupt to @target; @fenced_only: the send waits for no store (x2APIC). */
static inline void race_send(unsigned int target, bool fenced_only)
{
	if (CONFIG_MODEL_RACES)
		__race_send(target, fenced_only);
}

static inline void race_taken(void)
{
	if (CONFIG_MODEL_RACES)
		__race_taken();
}

static inline void race_reset(void)
{
	if (CONFIG_MODEL_RACES)
		__race_reset();
}

/* The verdict of this schedule, or NULL; its places are numbers, for host_spell(). */
const char *race_verdict(void);
/* Write the lines of its two accesses, before a history is printed. */
void race_spell_lines(void);

#endif
