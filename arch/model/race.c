/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is there a data race in this schedule? Kept are a vector clock for each CPU, and for each word
 * the last access of each kind by each CPU. The last is enough: if it happens-before an access
 * of another CPU, so do the earlier ones (Flanagan and Freund, FastTrack, 2009). Happens-before
 * comes from marked accesses (<model/access.h>), never from the order in which this schedule
 * ran. So two accesses can race that are far apart in the schedule.
 *
 *	now		the clock of this CPU
 *	fenced		its clock at the last release fence; WRITE_ONCE()s pass it on
 *	heard		clocks passed on by values that it has read without acquire
 *	sent		clocks passed on by interrupts sent to it
 *	buffered	clocks to be passed on by the stores in its store buffer
 */
#include "model.h"
#include "host.h"
#include "race.h"
#include "store_buffer.h"
#include <kernel/printk.h>
#include <model/access.h>

struct clock {
	u32 t[MODEL_MAX_CPUS];
};

static struct {
	struct clock now, fenced, heard, sent;
	struct clock buffered[SB_SIZE];
	unsigned int ignored; /* nesting of data_race() */
} cpus[MODEL_MAX_CPUS];

/* One access: of each CPU, each kind and the same bytes of a word the last one is kept. */
struct cell {
	u32 clock, pc, step;
	u8 bytes, cpu, kind;
};

/*
 * Tables by address: open addressing. A new generation makes them empty, so that they are not
 * cleared for each schedule.
 */
static u32 generation = 1;

struct key {
	uintptr_t key;
	u32 generation;
};

#define MAX_CELLS 32
#define ENTRIES	  8192 /* a power of two */
static struct word {
	struct key key;
	unsigned int nr;
	struct cell cells[MAX_CELLS];
} words[ENTRIES];

static struct sync {
	struct key key;
	struct clock clock;
} syncs[ENTRIES];

static struct {
	struct cell first, second;
	bool any, mixed, told;
} found;

static char lines[2][200]; /* of a history; written by race_spell_lines() */

/* The entry of @key in a table of entries of @size bytes. If it is new, @head of them are 0. */
static void *entry_of(void *table, size_t size, size_t head, uintptr_t key)
{
	unsigned int i = (unsigned int)((key * 0x9e3779b97f4a7c15ULL) >> 40);

	for (unsigned int tries = 0; tries < ENTRIES; tries++, i++) {
		struct key *k = (void *)((char *)table + (i & (ENTRIES - 1)) * size);

		if (k->generation != generation) {
			__builtin_memset(k, 0, head);
			*k = (struct key){key, generation};
		}
		if (k->key == key)
			return k;
	}
	host_die("a schedule touches more words than ENTRIES (arch/model/race.c)");
}

static struct word *word_of(uintptr_t key)
{
	return entry_of(words, sizeof(*words), offsetof(struct word, cells), key);
}

static struct clock *sync_of(const volatile void *p)
{
	struct sync *s = entry_of(syncs, sizeof(*syncs), sizeof(*syncs), (uintptr_t)p);

	return &s->clock;
}

static void join(struct clock *to, const struct clock *from)
{
	for (unsigned int i = 0; i < MODEL_MAX_CPUS; i++)
		to->t[i] = max(to->t[i], from->t[i]);
}

/* Accesses from now on are not covered by clocks that this CPU has passed on before. */
static void tick(void)
{
	cpus[machine.cpu].now.t[machine.cpu]++;
}

static bool off(void)
{
	return !CONFIG_MODEL_RACES || !machine.exploring || machine.observing;
}

void race_reset(void)
{
	if (!CONFIG_MODEL_RACES)
		return;
	if (!++generation)
		host_die("too many schedules for arch/model/race.c");
	__builtin_memset(cpus, 0, sizeof(cpus));
	for (unsigned int i = 0; i < MODEL_MAX_CPUS; i++)
		cpus[i].now.t[i] = 1;
	found.any = false;
}

void model_acquire_fence(void)
{
	if (!off())
		join(&cpus[machine.cpu].now, &cpus[machine.cpu].heard);
}

void model_release_fence(void)
{
	if (off())
		return;
	cpus[machine.cpu].fenced = cpus[machine.cpu].now;
	tick();
}

void race_load(const volatile void *p, bool acquire)
{
	if (off())
		return;
	join(&cpus[machine.cpu].heard, sync_of(p));
	if (acquire)
		join(&cpus[machine.cpu].now, sync_of(p));
}

static const struct clock *passed_on(bool release)
{
	return release ? &cpus[machine.cpu].now : &cpus[machine.cpu].fenced;
}

void race_store(const volatile void *p, bool release)
{
	if (off())
		return;
	*sync_of(p) = *passed_on(release);
	if (release)
		tick();
}

/* Every locked operation is a full barrier (SDM vol. 3A 9.2.2), on this machine. */
void race_rmw(const volatile void *p)
{
	if (off())
		return;
	join(&cpus[machine.cpu].now, sync_of(p));
	model_acquire_fence();
	*sync_of(p) = cpus[machine.cpu].now;
	model_release_fence();
}

void race_lock(const volatile void *p)
{
	if (!off())
		join(&cpus[machine.cpu].now, sync_of(p));
}

void race_enter(unsigned int slot, bool release)
{
	if (!CONFIG_MODEL_RACES)
		return;
	cpus[machine.cpu].buffered[slot] = *passed_on(release);
	if (release)
		tick();
}

void race_drain(unsigned int cpu, unsigned int slot, const void *p)
{
	if (CONFIG_MODEL_RACES)
		*sync_of(p) = cpus[cpu].buffered[slot];
}

void race_send(unsigned int target, bool fenced_only)
{
	if (off())
		return;
	join(&cpus[target].sent, passed_on(!fenced_only));
	tick();
}

void race_taken(void)
{
	if (!off())
		join(&cpus[machine.cpu].now, &cpus[machine.cpu].sent);
}

void model_ignore_races(bool ignore)
{
	cpus[machine.cpu].ignored += ignore ? 1 : -1u;
}

static void tell(const struct cell *c, const char *line)
{
	struct event ev = {.tsc = c->step, .id = EV_HW_RACE, .cpu = c->cpu, .a = (uintptr_t)line};

	if (model_event_hook)
		model_event_hook(&ev);
}

static void report(const struct cell *first, const struct cell *second, bool mixed)
{
	if (found.any || machine.failure)
		return;
	found.first = *first;
	found.second = *second;
	found.any = true;
	found.mixed = mixed;
	found.told = false;
	if (!mixed)
		tell(first, lines[0]);
	tell(second, lines[1]);
}

static bool races(const struct cell *old, const struct cell *new)
{
	return old->cpu != new->cpu && old->bytes &new->bytes &&
	       (old->kind | new->kind) & RACE_WRITE && !(old->kind & new->kind &RACE_MARKED) &&
	       old->clock > cpus[new->cpu].now.t[old->cpu];
}

/*
 * The model's plain accesses go to memory, past the store buffer. Without a race that makes no
 * difference, unless a marked store of this CPU to the same bytes is still in its buffer. Then
 * a plain load would miss that store, and a plain store would be overwritten by it.
 */
static bool in_own_buffer(const struct cell *c, uintptr_t key)
{
	const struct store_buffer *sb = sb_of(&machine.cpus[c->cpu]);

	for (unsigned int i = 0; i < sb->nr; i++) {
		const struct sb_entry *e = sb_nth(sb, i);

		if ((uintptr_t)e->p >> 3 == key && c->bytes & ((1u << e->size) - 1)
								      << ((uintptr_t)e->p & 7))
			return true;
	}
	return false;
}

static void one_word(uintptr_t key, struct cell new)
{
	struct word *w = word_of(key);
	struct cell *same = NULL;

	if (!(new.kind &RACE_MARKED) && in_own_buffer(&new, key))
		report(&new, &new, true);
	for (unsigned int i = 0; i < w->nr; i++) {
		struct cell *old = &w->cells[i];

		if (races(old, &new))
			report(old, &new, false);
		if (old->cpu == new.cpu && old->kind == new.kind && old->bytes == new.bytes)
			same = old;
	}
	if (!same) {
		if (w->nr == MAX_CELLS)
			host_die("a word has more kinds of accesses than MAX_CELLS "
				 "(arch/model/race.c)");
		same = &w->cells[w->nr++];
	}
	*same = new;
}

void race_access(const volatile void *p, size_t size, unsigned int kind, const void *pc)
{
	uintptr_t at = (uintptr_t)p, end = at + size;
	unsigned int me = machine.cpu;

	if (off() || cpus[me].ignored)
		return;
	for (; at < end; at = (at | 7) + 1) {
		size_t n = min((at | 7) + 1, end) - at;

		one_word(at >> 3, (struct cell){.clock = cpus[me].now.t[me],
						.pc = (u32)(uintptr_t)pc - 1,
						.step = (u32)machine.steps,
						.bytes = (u8)(((1u << n) - 1) << (at & 7)),
						.cpu = (u8)me,
						.kind = (u8)kind});
	}
}

static int describe(char *buf, size_t size, unsigned int kind, unsigned long pc)
{
	return snprintf(buf, size, "%s %s, " HOST_AT, kind & RACE_MARKED ? "marked" : "plain",
			kind & RACE_WRITE ? "write" : "read", pc);
}

static void describe_cell(char *text, size_t size, const char *before, const struct cell *c)
{
	int n = snprintf(text, size, "%sCPU%u ", before, c->cpu);

	describe(text + n, size - (size_t)n, c->kind, c->pc);
}

const char *race_verdict(void)
{
	static char first[100], second[100], text[2 * sizeof(first)];

	if (!found.any)
		return NULL;
	if (found.told)
		return text;
	found.told = true;
	describe_cell(first, sizeof(first), "race: ", &found.first);
	describe_cell(second, sizeof(second), "; ", &found.second);
	snprintf(text, sizeof(text), "%s%s", first,
		 found.mixed ? ": a marked store to it is in its store buffer" : second);
	return text;
}

void race_spell_lines(void)
{
	const struct cell *cells[] = {&found.first, &found.second};

	for (unsigned int i = 0; found.any && i < 2; i++) {
		char raw[100];

		describe(raw, sizeof(raw), cells[i]->kind, cells[i]->pc);
		host_spell(raw, lines[i], sizeof(lines[i]));
	}
}
