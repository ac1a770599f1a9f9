/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <kernel/event.h>
#include <model/machine.h>
#include "pages.h"

/*
 * The inside of the modelled machine. One host thread; each CPU is a coroutine that runs until
 * its next step, announces it in ->op, and switches to the search. Everything that a schedule
 * changes lies in regions that are put back before the next schedule (snapshot.c).
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
	OP_TELL, /* before a line of the tale: model_tell() */
	OP_HW, /* CR3, INVLPG, a load or store through the TLB */
};

#define MAX_ACC 10
struct op {
	enum op_kind kind;
	unsigned int nr;
	struct model_acc acc[MAX_ACC];
};

#define SB_SIZE 8
struct sb_entry {
	char *p;
	u64 value;
	u8 size;
	bool unlock; /* spin_unlock(): a step that awaits this word cannot run before the drain */
};

#define MAX_SEEN 4
struct seen {
	const char *p;
	u64 value;
	u8 size;
	bool forwarded; /* from this CPU's store buffer: changes only after that entry drains */
	u8 slot; /* the entry's place in the buffer */
};

/* An INVLPGB that is not yet complete. */
#define MAX_INVLPGB 8
struct invalidation {
	u32 todo; /* CPUs that have not carried it out */
	bool has_va, has_pcid;
	u16 pcid;
	unsigned long va, end, stride;
};

enum deliver { DELIVER_NONE, DELIVER_IRQ, DELIVER_NMI };

/* Pending interrupts, as their vectors: the highest is taken first (SDM vol. 3A 11.8.4). */
#define PEND_TIMER   BIT(0)
#define PEND_CALL    BIT(1)
#define PEND_RESCHED BIT(2)

struct mcpu {
	unsigned long sp; /* of the coroutine while the search runs */
	bool iflag, in_nmi, nmi_pending;
	bool stopped; /* never runs again: panic */
	bool preempted; /* by the hypervisor */
	unsigned int handlers; /* depth of nested interrupt handlers */
	enum deliver deliver; /* what it has to take when the search resumes it */
	u32 pending;
	unsigned int preemptions;
	struct invalidation inv[MAX_INVLPGB]; /* issued by this CPU, oldest first */
	unsigned int nr_inv;
	unsigned int tlbsyncs; /* since the last INVLPGB */
	unsigned int ticks, fills; /* how many more the search may start */
	unsigned int nr_seen, next_seen;
	struct seen seen[MAX_SEEN];
	unsigned int sb_head, sb_nr; /* FIFO: [head, head + nr) modulo SB_SIZE */
	struct sb_entry sb[SB_SIZE];
	unsigned long cr3, cr4;
	struct op op;
	struct hw_tlb tlb;
	struct own_pages own[OWN_ORDERS];
};

struct machine {
	bool observing; /* an oracle runs: its accesses are no steps */
	bool looking; /* so does a check in the kernel, which reads as this CPU: machine_looks() */
	bool exploring; /* off: each CPU in turn takes its steps */
	bool going_on, own_pages; /* model_go_on(), after a schedule; model_own_pages() */
	unsigned int cpu; /* the one whose coroutine runs */
	u64 steps, first_step; /* all that were taken; those before exploring began */
	const char *failure; /* panic, oracle: the verdict of this schedule */
	char failure_text[256];
	struct mcpu cpus[MODEL_MAX_CPUS];
};
extern struct machine machine;

static inline struct mcpu *this_mcpu(void)
{
	return &machine.cpus[machine.cpu];
}

/* Objects other than memory: they enable and disable steps. See model_enabled(). */
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

/* One place in a store buffer: filled by one step, drained by another. */
static inline uintptr_t sb_slot(unsigned int cpu, unsigned int slot)
{
	return object(OBJ_SLOT, cpu) | (uintptr_t)(slot % SB_SIZE) << 4;
}

/* cpu.c */
void model_cpu_begin(unsigned int cpu, void (*entry)(void));
void point(enum op_kind kind);
struct op *point_begin(void); /* an empty op of this CPU, for op_touches(); then point() */
void op_touches(struct op *op, uintptr_t obj, unsigned int rw);
void model_resume(unsigned int cpu); /* until its next step */
void irqs_on(void); /* sets IF: STI, IRET. Two steps: see proc.c */

static inline bool has_buffer(unsigned int cpu)
{
	return model_config.store_buffers && !(model_config.no_store_buffer & BIT(cpu));
}

/* A locked operation, a fence and an xAPIC write wait until all stores have drained. */
static inline void op_awaits_buffer(struct op *op)
{
	if (has_buffer(machine.cpu))
		op_touches(op, object(OBJ_BUFFER, machine.cpu), ACC_READ | ACC_AWAIT);
}

/* shared.c: is this access a step? Not before exploring, and not for an oracle. */
bool shared_access(const volatile void *p, bool write);
void model_discover(void); /* this search has not treated an access as a step, but it is one */

/* observe.c: an event of @cpu's hardware, for histories */
void hw_event(unsigned int cpu, enum event_id id, u64 a, u64 b, u64 c);

#include "snapshot.h"

/* stubs.c: is it a verdict if a lockdep assertion has the result @ok? */
bool lockdep_objects(bool ok);

/* irq.c */
void take_interrupt(struct mcpu *c);

void hardware_reads(unsigned int cpu, const void *p); /* shared.c: by @cpu's page walker */
void hardware_writes(unsigned int cpu, const void *p); /* by that, or by @cpu's hypervisor */

#include "tlb.h"
/* invlpgb.c: PROC_INVLPGB */
bool invlpgb_synced(const struct mcpu *c);
u64 invlpgb_enabled(unsigned int cpu);
unsigned int invlpgb_next(unsigned int cpu, struct model_acc *acc);
void invlpgb_step(unsigned int cpu);

/* hypervisor.c: PROC_HYPERVISOR */
u64 hypervisor_enabled(unsigned int cpu);
unsigned int hypervisor_next(unsigned int cpu, struct model_acc *acc);
void hypervisor_step(unsigned int cpu);

/* access.c */
bool seen_changed(const struct mcpu *c); /* has any word changed that it read last? */
unsigned int seen_slot(const struct mcpu *c, const struct seen *s); /* it waits for its drain */
u64 value_at(const volatile void *p, size_t size);
void sb_drain_one(struct mcpu *c);
/* The buffer must have room. @release: a store-release, for the race detector. */
void sb_enter(struct mcpu *c, volatile void *p, u64 value, size_t size, bool release);
void wait_for_drain(void); /* as locked instructions do: a step, unless the buffer is empty */
u64 sb_value(struct mcpu *c, const u64 *p); /* its newest buffered store, else memory */
void model_swap(unsigned long *save, unsigned long load);
void *model_stack_top(void *stack);

#endif
