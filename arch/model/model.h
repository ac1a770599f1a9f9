/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <kernel/event.h>
#include <model/machine.h>

/*
 * The inside of the modelled machine. One host thread; each CPU is a coroutine that runs until
 * its next step, announces it in ->op, and switches to the search. Everything that a schedule
 * changes lies in regions that are put back before the next schedule (lines.c).
 */
enum op_kind {
	OP_LOAD,
	OP_START, /* until exploring begins */
	OP_STORE,
	OP_RMW,
	OP_FENCE, /* needs: store buffer empty */
	OP_LOCK, /* needs: lock free, store buffer empty */
	OP_STI, /* IF is about to become 1 */
	OP_IRQWIN, /* IF has just become 1 */
	OP_HLT, /* until an interrupt */
	OP_RELAX, /* until a word that was read has changed */
	OP_ICR, /* interrupts to others; xAPIC needs: store buffer empty */
	OP_TLBSYNC, /* needs: own INVLPGBs complete */
	OP_WATCH, /* an event that an oracle judges */
	OP_TRACE, /* before a line of the event trace: model_trace_steps() */
	OP_HW, /* CR3, INVLPG, a load or store through the TLB */
};

#define MAX_ACC 10
struct op {
	enum op_kind kind;
	unsigned int nr;
	struct model_acc acc[MAX_ACC];
};

#define MAX_SEEN 4
NO_PADDING_BEGIN
struct seen {
	const char *p;
	u64 value;
	u8 size;
	bool forwarded; /* from this CPU's store buffer: changes only after that entry drains */
	u8 slot; /* the entry's place in the buffer */
	u8 unused[5];
};
NO_PADDING_END

#define HW_STATE_SIZE 1072
struct mcpu {
	unsigned long sp; /* of the coroutine while the search runs */
	bool iflag;
	bool stopped; /* never runs again: panic */
	bool preempted; /* by the hypervisor */
	unsigned int handlers; /* depth of nested interrupt handlers */
	void (*deliver)(struct mcpu *c); /* the interrupt to take when the search resumes it */
	unsigned int nr_seen, next_seen;
	struct seen seen[MAX_SEEN];
	unsigned long cr3, cr4;
	struct op op;
	u16 left[NR_PROC_KINDS]; /* how often the search may still choose it */
	char state[HW_STATE_SIZE] __aligned(8);
} __aligned(64);

#define MODEL_STACKS 24 /* of threads */
struct machine {
	bool observing; /* an oracle runs: its accesses are no steps */
	bool looking; /* so does a check in the kernel, which reads as this CPU: machine_looks() */
	bool exploring; /* off: each CPU in turn takes its steps */
	bool going_on, own_pages; /* model_go_on(), after a schedule; model_own_pages() */
	bool loops_read_one; /* model_loops_read_one() */
	unsigned int cpu; /* the one whose coroutine runs */
	u64 steps, first_step; /* all that were taken; those before exploring began */
	const char *failure; /* panic, oracle: the verdict of this schedule */
	char failure_text[256];
	unsigned long stack_sp[MODEL_STACKS]; /* of threads that wait to run again */
	struct mcpu cpus[MODEL_MAX_CPUS];
};
extern struct machine machine;

static inline struct mcpu *this_mcpu(void)
{
	return &machine.cpus[machine.cpu];
}

static inline bool runs(const struct mcpu *c)
{
	return !c->stopped && !c->preempted;
}

/*
 * State of each CPU that only one file knows, or those that include its header:
 *
 *	static HW_STATE(struct nmi, nmi);
 *	hw_state(nmi, c)->pending = true;
 *
 * It lies in struct mcpu, so it is put back before each schedule. It begins zeroed. Assign it
 * member by member, or declare its type without padding (NO_PADDING_BEGIN).
 */
#define HW_STATE(type, name) __aligned(8) type name __section("hwstate")
#define hw_state(name, c)                                                       \
	((typeof(&(name)))((unsigned long)(c)->state + (unsigned long)&(name) - \
			   (unsigned long)__start_hwstate))
extern char __start_hwstate[], __stop_hwstate[];

/* Objects other than memory: they enable and disable steps. See proc.c. */
enum model_object {
	OBJ_CONTROL = 1,
	OBJ_IRQS,
	OBJ_PENDING,
	OBJ_NMI,
	OBJ_BUFFER,
	OBJ_SLOT,
	OBJ_TLB,
	OBJ_INVLPGB,
	OBJ_WALK,
	OBJ_USE, /* loads and stores use a page */
	NR_OBJ_KINDS
};
static inline uintptr_t object(enum model_object kind, unsigned int cpu)
{
	return (uintptr_t)kind << 8 | cpu; /* below any address */
}

/* cpu.c */
void model_cpu_begin(unsigned int cpu, void (*entry)(void));
void point(enum op_kind kind);
struct op *point_begin(void); /* an empty op of this CPU, for op_touches(); then point() */
void op_touches(struct op *op, uintptr_t obj, unsigned int rw);
void model_resume(unsigned int cpu); /* until its next step */
void irqs_on(void); /* sets IF: STI, IRET. Two steps: OP_STI, OP_IRQWIN */

/* shared.c: is this access a step? Not before exploring, and not for an oracle. */
bool shared_access(const volatile void *p, bool write);
void model_discover(void); /* this search has not treated an access as a step, but it is one */

/* observe.c: an event of @cpu's hardware, for histories */
void hw_event(unsigned int cpu, enum event_id id, u64 a, u64 b, u64 c);
void hw_event_of(u32 ip, unsigned int cpu, enum event_id id, u64 a, u64 b, u64 c); /* of code */

#include "snapshot.h"

/* stubs.c: is it a verdict if a lockdep assertion has the result @ok? */
bool lockdep_objects(bool ok);

/* irq.c */
extern u8 *(*preempted_byte)(unsigned int cpu); /* our kernel's; Linux's in arch/linux */
extern void (*call_function_handler)(void); /* our kernel's; Linux's in arch/linux */

void hardware_reads(unsigned int cpu, const void *p); /* shared.c: by @cpu's page walker */
void hardware_writes(unsigned int cpu, const void *p); /* by that, or by @cpu's hypervisor */

#include "tlb.h"

/* invlpgb.c: are its own complete, as far as TLBSYNC waits for them? */
bool invlpgb_synced(const struct mcpu *c);
void invlpgb_settle(struct mcpu *c); /* clear those that are complete */

/* access.c */
bool seen_changed(const struct mcpu *c); /* has any word changed that it read last? */
unsigned int seen_slot(const struct mcpu *c, const struct seen *s); /* it waits for its drain */
u64 value_at(const volatile void *p, size_t size);
void wait_for_drain(void); /* as locked instructions do: a step, unless the buffer is empty */

void model_swap(unsigned long *save, unsigned long load);
void *model_stack_top(void *stack);

#endif
