/* SPDX-License-Identifier: GPL-2.0 */
/* Event rings: order, wrapping, torn records, observers, formats. */
#include <kernel/bug.h>
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/kallsyms.h>
#include <kernel/ktest.h>
#include <kernel/sched.h>
#include <kernel/shared.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>

/* The event used here is one that no oracle watches. */
#define MAGIC 0xe7e47000ULL

static struct event buf[CONFIG_EVENT_RING];

KTEST(event, order)
{
	unsigned long flags;
	unsigned int n;

	if (!CONFIG_HOOKS)
		KSKIP(t, "CONFIG_HOOKS=0");
	local_irq_save(flags);
	for (u64 i = 0; i < 10; i++)
		observe(RCU_GP, MAGIC, i, ~i);
	n = event_ring_copy(0, buf, 10);
	local_irq_restore(flags);
	KASSERT(t, n == 10);
	for (u64 i = 0; i < 10; i++) {
		KEXPECT_EQ(t, buf[i].id, EV_RCU_GP);
		KEXPECT_EQ(t, buf[i].cpu, 0);
		KEXPECT_EQ(t, buf[i].task, current->id);
		KEXPECT_EQ(t, buf[i].a, MAGIC);
		KEXPECT_EQ(t, buf[i].b, i);
		KEXPECT_EQ(t, buf[i].c, ~i);
		if (i)
			KEXPECT_GE(t, buf[i].tsc, buf[i - 1].tsc);
	}
}

KTEST(event, wrap)
{
	unsigned long flags;
	unsigned int n;

	if (!CONFIG_HOOKS)
		KSKIP(t, "CONFIG_HOOKS=0");
	local_irq_save(flags);
	for (u64 i = 0; i < CONFIG_EVENT_RING + 100; i++)
		observe(RCU_GP, MAGIC, i, 0);
	n = event_ring_copy(0, buf, CONFIG_EVENT_RING);
	local_irq_restore(flags);
	KASSERT(t, n == CONFIG_EVENT_RING);
	for (u64 i = 0; i < n; i++)
		if (buf[i].b != i + 100)
			KEXPECT_EQ(t, buf[i].b, i + 100);
}

static int write_events(void *unused)
{
	for (u64 i = 0; !kthread_should_stop(); i++) {
		observe(RCU_GP, i, i ^ MAGIC, ~i);
		if (i % 64 == 0)
			cpu_relax();
	}
	return 0;
}

KTEST(event, torn_records_are_left_out)
{
	struct task_struct *w;
	u64 until, seen = 0, bad = 0;

	if (!CONFIG_HOOKS)
		KSKIP(t, "CONFIG_HOOKS=0");
	if (num_online_cpus() < 2)
		KSKIP(t, "needs 2 CPUs");
	w = kthread_create_bound(write_events, NULL, 1, "events");
	BUG_ON(!w);
	wake_up_process(w);
	until = sched_clock() + 200 * NSEC_PER_MSEC;
	while (sched_clock() < until || (!seen && sched_clock() < until + 30 * NSEC_PER_SEC)) {
		unsigned int n = event_ring_copy(1, buf, CONFIG_EVENT_RING);
		u64 last = 0;

		for (unsigned int i = 0; i < n; i++) {
			if (buf[i].id != EV_RCU_GP || buf[i].b != (buf[i].a ^ MAGIC))
				continue;
			bad += buf[i].c != ~buf[i].a || (last && buf[i].a <= last);
			last = buf[i].a;
			seen++;
		}
		cpu_relax();
	}
	kthread_stop(w);
	KEXPECT_GT(t, seen, 0);
	KEXPECT_EQ(t, bad, 0);
}

static u64 observed;

static void count_gp(const struct event *ev)
{
	if (ev->a == MAGIC + 1 && ev->id == EV_RCU_GP)
		observed += ev->b;
}
OBSERVER(RCU_GP, count_gp);

KTEST(event, observers)
{
	u64 before, during, after;
	unsigned long flags;
	bool on;

	if (!CONFIG_HOOKS)
		KSKIP(t, "CONFIG_HOOKS=0");
	/* Oracles of this image may be watching already: leave it as it was. */
	local_irq_save(flags);
	observed = 0;
	observe(RCU_GP, MAGIC + 1, 1, 0);
	on = observed;
	event_stop();
	observe(RCU_GP, MAGIC + 1, 100, 0);
	before = observed;
	event_start();
	observe(RCU_GP, MAGIC + 1, 10, 0);
	during = observed;
	event_stop();
	observe(RCU_GP, MAGIC + 1, 100, 0);
	after = observed;
	if (on)
		event_start();
	local_irq_restore(flags);
	KEXPECT_EQ(t, before, on);
	KEXPECT_EQ(t, during, before + 10);
	KEXPECT_EQ(t, after, during);
}

static unsigned int hook_calls;
static const volatile void *hook_obj;

static void hook(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	if (site == SITE_FREE && rw == SYNC_WRITE) {
		hook_calls++;
		hook_obj = obj;
	}
}

KTEST(event, sync_point_hook)
{
	static int x; /* hook_obj keeps its address */

	if (!CONFIG_HOOKS)
		KSKIP(t, "CONFIG_HOOKS=0");
	hook_calls = 0;
	sync_point(SITE_FREE, SYNC_WRITE, &x);
	sync_point_hook = hook;
	sync_point(SITE_FREE, SYNC_WRITE, &x);
	sync_point_hook = NULL;
	KEXPECT_EQ(t, hook_calls, 1);
	KEXPECT(t, hook_obj == &x);
}

static u32 word, at_hook;

static void look_hook(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	hook(site, rw, obj);
	if (obj == &word)
		at_hook = word;
}

/* Hook, then access, of one word, which is named once. */
KTEST(event, shared_word)
{
	u32 *p = &word;
	unsigned int old;

	if (!CONFIG_HOOKS)
		KSKIP(t, "CONFIG_HOOKS=0");
	hook_calls = 0;
	word = 1;
	sync_point_hook = look_hook;
	shared_write(SITE_FREE, p++, 2);
	sync_point_hook = NULL;
	KEXPECT_EQ(t, at_hook, 1);
	KEXPECT_EQ(t, word, 2);
	KEXPECT(t, p == &word + 1);
	sync_point_hook = look_hook;
	old = shared_rmw(SITE_FREE, &word, xchg(PTR, 3));
	sync_point_hook = NULL;
	KEXPECT_EQ(t, at_hook, 2);
	KEXPECT_EQ(t, old, 2);
	KEXPECT_EQ(t, word, 3);
	sync_point_hook = look_hook;
	old = shared_read(SITE_FREE, &word);
	sync_point_hook = NULL;
	KEXPECT_EQ(t, at_hook, 3);
	KEXPECT_EQ(t, old, 3);
	KEXPECT_EQ(t, hook_calls, 1); /* one of the three is a write */
}

static const char *const formats[NR_EVENTS] = {
#define EVENT(name, fmt) [EV_##name] = fmt,
#include <kernel/event_list.h>
#undef EVENT
};

static const bool coded[NR_EVENTS] = {
#define EVENT(name, fmt)
#define EVENT_CODED(name, fmt, words) [EV_##name] = true,
#include <kernel/event_list.h>
#undef EVENT
};

/* The text of an event with that code ends with @word. */
static bool says(enum event_id id, u64 code, const char *word)
{
	struct event ev = {.id = (u16)id, .a = 1, .b = 2, .c = code};
	char text[160];
	size_t n = (size_t)event_format(&ev, text, sizeof(text));

	return n > strlen(word) && !strcmp(text + n - strlen(word), word);
}

#define SAYS(t, event, code, word) KEXPECT(t, says(EV_##event, code, word))

/* Of each code the word that stands beside it in the list; an unknown code has no word. */
KTEST(event, codes_are_words)
{
#define FLUSH_DONE_SAYS(name, word) SAYS(t, FLUSH_FUNC, name, word);
	FLUSH_DONE(FLUSH_DONE_SAYS)
#define SYNC_WAITS_SAYS(name, word)      \
	SAYS(t, SYNC_BEGIN, name, word); \
	SAYS(t, SYNC_END, name, word);
	SYNC_WAITS(SYNC_WAITS_SAYS)
#define ASID_GIVEN_SAYS(name, word) SAYS(t, ASID_GLOBAL, name, word);
	ASID_GIVEN(ASID_GIVEN_SAYS)
	SAYS(t, FLUSH_FUNC, FLUSHED_TO_GLOBAL, "global ASID");
	SAYS(t, FLUSH_FUNC, FLUSHED_TO_GLOBAL + 1, "?");
	SAYS(t, FLUSH_FUNC, ~0ULL, "?");
}

KTEST(event, formats_take_three_words)
{
	char text[160];

	for (unsigned int id = 0; id < NR_EVENTS; id++) {
		struct event ev = {.id = (u16)id, .a = 0x1111, .b = 0x2222, .c = 0x3333};
		unsigned int args = 0;

		for (const char *f = strchr(formats[id], '%'); f; f = strchr(f + 1, '%')) {
			f += f[1] == '#' ? 2 : 1;
			/* Each takes 64 bits, so that the words are read as they were stored. */
			if (!KEXPECT(t, (f[0] == 'l' && f[1] == 'l' && strchr("dux", f[2])) ||
						(coded[id] && args == 2 && f[0] == 's')))
				printk("# event %u: %s\n", id, formats[id]);
			args++;
		}
		KEXPECT_LE(t, args, 3);
		KEXPECT_GT(t, event_format(&ev, text, sizeof(text)), 0);
		KEXPECT(t, !strchr(text, '%'));
	}
}

static const char *named(void *ctx, enum event_kind kind, u64 nr)
{
	static const char *const names[] = {[EVENT_MM] = "mm_a", [EVENT_TABLE] = "T1"};

	return nr == 7 && kind != EVENT_PAGE ? names[kind] : NULL;
}

/* Words that stand behind "mm", "table " and "page " are what they say, and can have other names. */
KTEST(event, objects_have_names)
{
	struct event ev = {.id = EV_WITHDRAW, .a = 7, .b = 7, .c = 7};
	enum event_kind kinds[3];
	char text[160];

	event_format_named(&ev, text, sizeof(text), named, NULL);
	KEXPECT(t, !strcmp(text, "withdraw table T1 from mm_a at 0x7"));
	ev.a = 8;
	event_format_named(&ev, text, sizeof(text), named, NULL);
	KEXPECT(t, !strcmp(text, "withdraw table 0x8 from mm_a at 0x7"));
	event_kinds(EV_PIN, kinds);
	KEXPECT_EQ(t, kinds[0], EVENT_MM);
	KEXPECT_EQ(t, kinds[1], EVENT_PAGE);
	KEXPECT_EQ(t, kinds[2], EVENT_NUMBER);
}

/* The place of an event is the line of its observe(), not that of a caller. */
KTEST(event, place_is_this_line)
{
	struct event last;
	char line[60];
	const char *place;

	if (!CONFIG_HOOKS)
		KSKIP(t, "CONFIG_HOOKS=0");
	local_irq_disable(); /* or another event may be the last one */
	observe(RCU_GP, MAGIC, 0, 0);
	snprintf(line, sizeof(line), "tests/unit/kernel_event.c:%d", __LINE__ - 1);
	event_ring_copy((unsigned int)raw_smp_processor_id(), &last, 1);
	local_irq_enable();
	KEXPECT_EQ(t, last.a, MAGIC);
	KEXPECT(t, last.context & EVENT_IRQS_OFF);
	place = place_lookup(event_ip(&last, 0));
	if (KEXPECT(t, place && strchr(place, ' ')))
		KEXPECT(t, !strcmp(strchr(place, ' ') + 1, line));
	KEXPECT(t, !place_lookup(event_ip(&last, 0) + 1));
	KEXPECT(t, last.ip[1]);
}
