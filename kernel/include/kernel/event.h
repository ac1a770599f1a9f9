/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_EVENT_H
#define KERNEL_EVENT_H

#include <kernel/config.h>
#include <kernel/event_words.h>
#include <kernel/linkset.h>
#include <kernel/types.h>

/*
 * The two instrumentation macros. They sit in accessors and primitives, never in
 * algorithms: a sync point and its access are one call of <kernel/shared.h>.
 *
 *	sync_point(site, rw, obj)	another CPU may run here, before this access
 *	observe(EVENT, a, b, c)		this happened
 *
 * With CONFIG_HOOKS=0 both are nothing, arguments unevaluated. Otherwise
 * sync_point() calls sync_point_hook if one is installed (torture: a seeded delay;
 * the explorer: a choice), and observe() appends to this CPU's ring and calls the
 * observers of that event, in any context including NMI, so observers take no lock
 * that the observed code may hold and never fault.
 */
enum event_id {
#define EVENT(name, fmt) EV_##name,
#include <kernel/event_list.h>
#undef EVENT
	NR_EVENTS
};

/* What kind of object an access is to. */
enum sync_site {
	SITE_PGD,
	SITE_PUD,
	SITE_PMD,
	SITE_PTE,
	SITE_REF, /* page reference and map count, flags */
	SITE_GEN, /* mm->context.tlb_gen */
	SITE_MASK, /* mm_cpumask */
	SITE_LOADED, /* cpu_tlbstate.loaded_mm */
	SITE_LAZY, /* cpu_tlbstate_shared.is_lazy */
	SITE_ASID, /* mm->context.global_asid */
	SITE_LOCK,
	SITE_CSD, /* call-function queues */
	SITE_IPI, /* an interrupt is about to be sent */
	SITE_FREE, /* memory is about to go back */
	SITE_WALK, /* which mm a CPU says it walks */
	SITE_VCPU, /* what a host and its vCPU share */
	SITE_TEST, /* what the CPUs of a test share */
	SITE_LOAD, /* user memory, by way of the TLB */
	SITE_TASK, /* state of a thread */
	SITE_RCU, /* grace periods */
	NR_SITES
};

/* What a CPU waits for, and a hook reads: all of the object, or the lower half of a longer one. */
typedef u32 sync_word_t;

enum sync_rw {
	SYNC_READ,
	SYNC_WRITE,
	SYNC_RMW,
	SYNC_ACQUIRE, /* of a sync_word_t, that waits until it is 0 */
	SYNC_AWAIT, /* of an object that was looked at: again when its sync_word_t has changed */
};

/* Where a CPU is when it observes something. */
enum {
	EVENT_IRQS_OFF = 1,
	EVENT_IN_IRQ = 2,
	EVENT_IN_NMI = 4,
};

/**
 * struct event - something that happened, as the ring has it
 * @task: id of the running task
 * @context: EVENT_IRQS_OFF, EVENT_IN_IRQ, EVENT_IN_NMI
 * @ip: return addresses: of the observe(), then of its callers. Lower halves, event_ip() has
 *      them whole; 0: not known, and nothing of the modelled hardware has one
 */
#define EVENT_IPS 3
struct event {
	u64 tsc;
	u16 id;
	u16 cpu;
	u32 task;
	u64 a, b, c;
	u32 context;
	u32 ip[EVENT_IPS];
};

/* The image is linked into the last 2 GiB of the address space, the model into the first. */
static inline unsigned long event_ip(const struct event *ev, unsigned int n)
{
	return (unsigned long)(long)(s32)ev->ip[n];
}

/**
 * struct observer - a function that is called for an event, registered by linker set
 * @id: the event
 * @fn: called on the CPU where it happened, after it is in the ring
 */
struct observer {
	enum event_id id;
	void (*fn)(const struct event *ev);
};
LINKSET_DECLARE(observer, const struct observer);
#define OBSERVER(event, func)                                                              \
	static const struct observer __observer_##func = {.id = EV_##event, .fn = (func)}; \
	LINKSET_ADD(observer, &__observer_##func)

extern void (*sync_point_hook)(enum sync_site site, enum sync_rw rw, const volatile void *obj);

void __observe(enum event_id id, u64 a, u64 b, u64 c);

/*
 * Textually nothing without hooks: even arguments that are never evaluated would number
 * the compiler's temporaries otherwise, and with them the operands of a comparison.
 */
#define sync_point(site, rw, obj)     __CONCAT(__sync_point_, CONFIG_HOOKS)(site, rw, obj)
#define observe(id, a, b, c)	      __CONCAT(__observe_, CONFIG_HOOKS)(id, a, b, c)

#define __sync_point_0(site, rw, obj) ((void)0)
#define __sync_point_1(site, rw, obj)                                \
	do {                                                         \
		BUILD_BUG_ON(!__sync_size_fits(rw, sizeof(*(obj)))); \
		if (sync_point_hook)                                 \
			sync_point_hook(site, rw, obj);              \
	} while (0)
/* Is the object as long as the word that a hook reads? Not asked if @rw is no constant. */
#define __sync_rw(rw) __builtin_choose_expr(__builtin_constant_p(rw), rw, SYNC_READ)
#define __sync_size_fits(rw, size)                                     \
	(__sync_rw(rw) == SYNC_ACQUIRE ? (size) == sizeof(sync_word_t) \
	 : __sync_rw(rw) == SYNC_AWAIT ? (size) >= sizeof(sync_word_t) \
				       : true)
#define __observe_0(id, a, b, c) ((void)0)
/* No tail call: the return address has to be in the function that observes. */
#define __observe_1(id, a, b, c)                                  \
	do {                                                      \
		__observe(EV_##id, (u64)(a), (u64)(b), (u64)(c)); \
		__asm__ __volatile__("");                         \
	} while (0)

/**
 * event_init - allocate the rings and sort the observers
 *
 * Context: boot CPU, after memblock and per-CPU areas. Before it, events are lost.
 */
void event_init(void);

/* Observers are called only between event_start() and event_stop(); the ring fills without them. */
void event_start(void);
void event_stop(void);

/*
 * From event_rings_stop() on the rings of all CPUs keep what they have; an event that another CPU is
 * writing may still get in. Observers are called as before. Context: any.
 */
void event_rings_stop(void);
void event_rings_start(void);

/**
 * event_ring_copy - the newest events of one CPU, oldest first
 * @cpu: the CPU of the ring; it may still be writing: torn records are left out
 * @out: room for @max records
 *
 * Return: number of records copied. Context: any.
 */
unsigned int event_ring_copy(unsigned int cpu, struct event *out, unsigned int max);

/* What a word of an event is, by what stands in front of it in the format (<kernel/event_list.h>). */
enum event_kind { EVENT_NUMBER, EVENT_MM, EVENT_TABLE, EVENT_PAGE };

/* Another name for an mm, a table or a page; NULL: it has none. */
typedef const char *(*event_namer_t)(void *ctx, enum event_kind kind, u64 nr);

/**
 * event_format - one event as text, without its CPU and time
 * @namer: called for each mm, table and page, with @ctx; NULL: they are printed as numbers
 *
 * Return: length written, like snprintf().
 */
int event_format_named(const struct event *ev, char *buf, size_t size, event_namer_t namer,
		       void *ctx);
int event_format(const struct event *ev, char *buf, size_t size);

/* What its words are: kinds[0..2]. */
void event_kinds(enum event_id id, enum event_kind kinds[3]);

/* Its name in <kernel/event_list.h>. */
const char *event_name(enum event_id id);

#endif
