/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The event rings. A slot is reserved by one instruction on this CPU's own counter, so
 * an event in an interrupt or NMI handler gets a slot of its own and the event that it
 * interrupted is finished afterwards, whole. Each slot carries the number of the event
 * in it, which is not there while the slot is being written:
 *
 *	writer (owner CPU)		reader (any CPU)
 *	seq = 0				if (seq != n + 1) skip
 *	smp_wmb()			smp_rmb()
 *	fields				copy
 *	smp_store_release(seq, n + 1)	smp_rmb()
 *					if (seq != n + 1) skip
 */
#include <kernel/drive.h>
#include <kernel/event.h>
#include <kernel/memblock.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <asm/barrier.h>
#include <asm/setup.h>

#define RING_MASK (CONFIG_EVENT_RING - 1)
BUILD_BUG_ON((CONFIG_EVENT_RING & RING_MASK) != 0);

struct event_slot {
	u64 seq; /* number of the event + 1; 0 while it is written */
	struct event ev;
} __cacheline_aligned;

/* Constant once set; in the ring the owner writes, all read. */
static DEFINE_PER_CPU(struct event_slot *, event_ring);
static DEFINE_PER_CPU(u64, event_count); /* own CPU, any context; all read */

void (*sync_point_hook)(enum sync_site site, enum sync_rw rw, const volatile void *obj);
const struct drive *drive __read_mostly;

/* Observers of event i: observers[first[i]] … observers[first[i + 1] - 1]. */
static const struct observer **observers;
static u16 first[NR_EVENTS + 1];
static bool observing;
static bool stopped; /* the rings */

static void call_observers(const struct event *ev)
{
	for (unsigned int i = first[ev->id]; i < first[ev->id + 1]; i++)
		observers[i]->fn(ev);
}

static const bool quiet[NR_EVENTS] = {
#define EVENT(name, fmt)
#define EVENT_QUIET(name, fmt) [EV_##name] = true,
#include <kernel/event_list.h>
#undef EVENT
};

static u32 context(void)
{
	return (irqs_disabled() ? EVENT_IRQS_OFF : 0) | (in_nmi() ? EVENT_IN_NMI : 0) |
	       (in_hardirq() ? EVENT_IN_IRQ : 0);
}

extern const char _text[], _etext[]; /* linker.ld */

/*
 * By frame pointers. It ends at a frame that is not on the same stack: stacks do not cross
 * boundaries of THREAD_SIZE.
 */
static __always_inline void callers(u32 *ip)
{
	unsigned long at = (unsigned long)__builtin_frame_address(0), up;

	for (unsigned int i = 0; i < EVENT_IPS; i++, at = up) {
		const unsigned long *frame = (const unsigned long *)at;

		if (frame[1] < (unsigned long)_text || frame[1] >= (unsigned long)_etext)
			break;
		ip[i] = (u32)frame[1];
		up = frame[0];
		if (up <= at || (up ^ at) >= THREAD_SIZE || !IS_ALIGNED(up, 8))
			break;
	}
}

static __always_inline struct event make_event(enum event_id id, u64 a, u64 b, u64 c)
{
	const struct task_struct *t = current;
	struct event ev = {
		.tsc = insn_rdtsc(),
		.id = (u16)id,
		.cpu = (u16)raw_smp_processor_id(),
		.task = t ? t->id : 0,
		.a = a,
		.b = b,
		.c = c,
		.context = context(),
	};

	callers(ev.ip);
	return ev;
}

void __observe(enum event_id id, u64 a, u64 b, u64 c)
{
	bool observed = READ_ONCE(observing) && first[id] != first[id + 1];
	struct event_slot *ring = this_cpu_read(event_ring), *slot;
	struct event ev;
	/* tests/metal keeps a history of its own. */
	bool to_ring = !quiet[id] && !driven() && !READ_ONCE(stopped);
	u64 n;

	if (driven())
		drive->event(id);
	if (unlikely(!ring) || (!to_ring && !observed))
		return;
	ev = make_event(id, a, b, c);
	if (!to_ring) {
		call_observers(&ev);
		return;
	}
	n = this_cpu_add_return(event_count, 1);
	slot = &ring[(n - 1) & RING_MASK];
	WRITE_ONCE(slot->seq, 0);
	smp_wmb(); /* pairs with copy_slot(), the second one there */
	slot->ev = ev;
	smp_store_release(&slot->seq, n); /* pairs with copy_slot(), the first one there */

	if (observed)
		call_observers(&ev);
}

static bool copy_slot(const struct event_slot *slot, u64 seq, struct event *out)
{
	if (READ_ONCE(slot->seq) != seq)
		return false;
	smp_rmb(); /* pairs with __observe(), its release */
	*out = *(const volatile struct event *)&slot->ev;
	smp_rmb(); /* pairs with __observe(), its write barrier */
	return READ_ONCE(slot->seq) == seq;
}

unsigned int event_ring_copy(unsigned int cpu, struct event *out, unsigned int max)
{
	const struct event_slot *ring = READ_ONCE(per_cpu(event_ring, cpu));
	u64 end = READ_ONCE(per_cpu(event_count, cpu));
	u64 n = min_t(u64, end, min_t(u64, max, CONFIG_EVENT_RING));
	unsigned int copied = 0;

	if (!ring)
		return 0;
	for (u64 seq = end - n + 1; seq <= end; seq++)
		if (copy_slot(&ring[(seq - 1) & RING_MASK], seq, &out[copied]))
			copied++;
	return copied;
}

static void sort_observers(void)
{
	u16 n = 0;

	observers = memblock_alloc_or_die((linkset_count(observer) + 1) * sizeof(*observers), 8,
					  "event observers");
	for (unsigned int id = 0; id < NR_EVENTS; id++) {
		first[id] = n;
		linkset_for_each (observer, o)
			if (o->id == id)
				observers[n++] = o;
	}
	first[NR_EVENTS] = n;
}

void event_init(void)
{
	if (!CONFIG_HOOKS)
		return;
	sort_observers();
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct event_slot *ring = memblock_alloc_or_die(CONFIG_EVENT_RING * sizeof(*ring),
								sizeof(*ring), "event rings");

		WRITE_ONCE(per_cpu(event_ring, cpu), ring);
	}
}

void event_start(void)
{
	WRITE_ONCE(observing, true);
}

void event_stop(void)
{
	WRITE_ONCE(observing, false);
}

void event_rings_stop(void)
{
	WRITE_ONCE(stopped, true);
}

void event_rings_start(void)
{
	WRITE_ONCE(stopped, false);
}
