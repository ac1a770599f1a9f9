/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux's plain accesses: steps too, where the word is shared. Linux reads and writes shared words
 * plainly where the kernel memory model lets it. The compiler calls a function of ours before each
 * (-fsanitize=thread; gcc's sanitizer.def), and the access itself follows when that has returned.
 *
 * With store buffers the access must not go to memory. Until this CPU calls us the next time, no
 * other CPU runs, so memory may hold what this CPU should see, and is put right in that call:
 *
 *	store	the word's old value is kept; in the next call the new one goes into the store
 *		buffer, and the old one back to memory
 *	load	a newer value in this CPU's store buffer is lent to memory, and taken back in the
 *		next call
 *
 * plain_settle() does that. It begins each function that Linux calls and that may be a step, and
 * follows each call of Linux's functions.
 *
 * The compiler's own stores to the stack, pushes and spills, are not instrumented. So a function
 * returns only when no store to its frame is left in the store buffer, or a later drain would
 * overwrite what has been pushed there since.
 *
 * Limits: one plain access of several shared words reads them at one time; with store buffers it
 * may store to one shared word only, else the search ends without a verdict.
 */
#include "host.h"
#include "model.h"
#include "store_buffer.h"
#include "plain.h"
#include "frames.h"
#include "real.h"
#include <kernel/string.h>

#define MAX_LENT (2 * SB_SIZE)
static struct kept {
	char *p;
	u64 value;
	u8 size;
} lent[MAX_LENT], stored;
static unsigned int nr_lent;

static void put_back(const struct kept *k)
{
	__builtin_memcpy(k->p, &k->value, k->size);
}

void plain_settle(void)
{
	u64 new;

	while (unlikely(nr_lent))
		put_back(&lent[--nr_lent]);
	if (likely(!stored.size))
		return;
	new = value_at(stored.p, stored.size);
	put_back(&stored);
	sb_enter(this_mcpu(), stored.p, new, stored.size, false);
	stored.size = 0;
}

/* What is in the store buffer for [@p, @p + @size), oldest first. */
static void lend(const char *p, unsigned long size)
{
	const struct store_buffer *sb = sb_of(this_mcpu());

	for (unsigned int i = 0; i < sb->nr; i++) {
		const struct sb_entry *e = sb_nth(sb, i);

		if (e->p >= p + size || p >= e->p + e->size)
			continue;
		MODEL_LIMIT(nr_lent == MAX_LENT,
			    "a plain load of more buffered stores than MAX_LENT");
		lent[nr_lent++] = (struct kept){e->p, value_at(e->p, e->size), e->size};
		__builtin_memcpy(e->p, &e->value, e->size);
	}
}

static void step(const char *word, bool write)
{
	if (write && has_buffer(machine.cpu))
		op_touches(point_begin(), sb_next_slot(machine.cpu),
			   ACC_WRITE | ACC_AWAIT | ACC_WAKE);
	else
		op_touches(point_begin(), (uintptr_t)word, write ? ACC_WRITE : ACC_READ);
	point(write ? OP_STORE : OP_LOAD);
}

/* The one shared word that this access stores to, when its step has been taken. */
static void keep(const char *p, unsigned long size)
{
	stored.p = (char *)p;
	stored.size = (u8)size;
	stored.value = value_at(p, size);
}

static void plain(const void *access, unsigned long size, bool write)
{
	const char *p = access, *word = (const char *)((uintptr_t)p & ~7UL);
	bool one = word + 8 >= p + size;
	const char *shared = NULL;

	plain_settle();
	if (!machine.exploring || machine.observing)
		return;
	for (; word < p + size; word += 8) {
		if (!shared_access(word, write))
			continue;
		MODEL_LIMIT(shared && write && has_buffer(machine.cpu),
			    "a plain store of several shared words");
		step(word, write);
		shared = word;
	}
	/* No step from here on until the access is over. */
	if (shared && has_buffer(machine.cpu)) {
		if (!write)
			lend(p, size);
		else if (one)
			keep(p, size);
		else
			keep(shared, 8);
	}
	frames_plain(p, write);
}

#define PLAIN(name, size, write)              \
	void lx___tsan_##name(const void *p); \
	void lx___tsan_##name(const void *p)  \
	{                                     \
		plain(p, size, write);        \
	}
/* Volatile accesses are part of marked ones, which are in seam.h. */
#define VOLATILE(name)                        \
	void lx___tsan_##name(const void *p); \
	void lx___tsan_##name(const void *p)  \
	{                                     \
	}
PLAIN(read1, 1, false)
PLAIN(read2, 2, false)
PLAIN(read4, 4, false)
PLAIN(read8, 8, false)
PLAIN(read16, 16, false)
PLAIN(write1, 1, true)
PLAIN(write2, 2, true)
PLAIN(write4, 4, true)
PLAIN(write8, 8, true)
PLAIN(write16, 16, true)
PLAIN(unaligned_read2, 2, false)
PLAIN(unaligned_read4, 4, false)
PLAIN(unaligned_read8, 8, false)
PLAIN(unaligned_read16, 16, false)
PLAIN(unaligned_write2, 2, true)
PLAIN(unaligned_write4, 4, true)
PLAIN(unaligned_write8, 8, true)
PLAIN(unaligned_write16, 16, true)

VOLATILE(volatile_read1)
VOLATILE(volatile_read2)
VOLATILE(volatile_read4)
VOLATILE(volatile_read8)
VOLATILE(volatile_read16)
VOLATILE(volatile_write1)
VOLATILE(volatile_write2)
VOLATILE(volatile_write4)
VOLATILE(volatile_write8)
VOLATILE(volatile_write16)

void lx___tsan_init(void);
void lx___tsan_init(void)
{
}

void lx___tsan_func_entry(void *pc);
void lx___tsan_func_entry(void *pc)
{
	if (machine.exploring)
		real_ran(__builtin_return_address(0));
}

/* Are stores to [@from, @to) in this CPU's store buffer? */
static bool stores_between(const char *from, const char *to)
{
	const struct store_buffer *sb = sb_of(this_mcpu());

	for (unsigned int i = 0; i < sb->nr; i++) {
		const char *p = sb_nth(sb, i)->p;

		if (p >= from && p < to)
			return true;
	}
	return false;
}

/* With the frame pointer of the function that is about to return, Linux's, on the stack. */
void lx___tsan_func_exit(void);
void lx___tsan_func_exit(void)
{
	const char *const *frame = __builtin_frame_address(0);

	plain_settle();
	if (unlikely(sb_of(this_mcpu())->nr) && stores_between((const char *)frame, *frame))
		wait_for_drain();
}

void lx___tsan_read_range(const void *p, unsigned long size);
void lx___tsan_read_range(const void *p, unsigned long size)
{
	plain(p, size, false);
}

void lx___tsan_write_range(const void *p, unsigned long size);
void lx___tsan_write_range(const void *p, unsigned long size)
{
	plain(p, size, true);
}

/* Word by word: each is a step of its own. */
static unsigned long piece(const void *p, unsigned long size)
{
	return min(size, 8 - ((uintptr_t)p & 7));
}

void *lx_memset(void *p, int c, unsigned long size);
void *lx_memset(void *p, int c, unsigned long size)
{
	for (char *q = p; size;) {
		unsigned long n = piece(q, size);

		plain(q, n, true);
		__builtin_memset(q, c, n);
		q += n;
		size -= n;
	}
	return p;
}

void *lx_memcpy(void *to, const void *from, unsigned long size);
void *lx_memcpy(void *to, const void *from, unsigned long size)
{
	const char *r = from;

	for (char *w = to; size;) {
		unsigned long n = piece(w, size);
		u64 value;

		plain(r, n, false);
		__builtin_memcpy(&value, r, n);
		plain(w, n, true);
		__builtin_memcpy(w, &value, n);
		r += n;
		w += n;
		size -= n;
	}
	return to;
}
