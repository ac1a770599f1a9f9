/* SPDX-License-Identifier: GPL-2.0 */
#ifndef METAL_METAL_H
#define METAL_METAL_H

#include <kernel/event.h>
#include <kernel/types.h>
#include <asm/atomic.h>
#include <explore/world.h>

/*
 * Real CPUs, driven by the search of tests/explore. One CPU, the last, is the controller: it
 * runs the search, with interrupts off, and no code under test. The others are driven:
 *
 *	driven CPU					controller
 *	sync_point(): publish what comes next,
 *	   state = PARKED (release)
 *							acquire; choose
 *							order = ... (release)
 *	acquire; go on to the next sync point
 *
 * At any time one of these CPUs runs kernel code, the others spin on a word of their own. So
 * no result depends on which accesses the machine makes atomic.
 *
 * A parked CPU holds its interrupts: by IF=0 in the gate, and by the task priority of its APIC
 * from one gate to the next, so that it can also take a step with IF=1 before it takes what is
 * pending. To take one is a step of its own: priority 0, STI, and the vector comes through the
 * IDT. NMIs cannot be held, so their sending is put off until the search has them taken.
 *
 * What schedules change is put back by copying memory (snapshot.c). What must survive that, all
 * data of this folder and of the search, lies in a section of its own.
 */
#define METAL_CPUS 4 /* driven ones, at most: those of a scenario */

enum metal_kind {
	OP_NONE,
	OP_SYNC, /* a sync point */
	OP_EVENT, /* an event on which an oracle judges */
	OP_START, /* an actor, before its first instruction */
	OP_IDLE, /* nothing to run */
	OP_DEAD, /* has panicked */
};

/* What a parked CPU is about to do. */
struct metal_op {
	enum metal_kind kind;
	enum sync_site site;
	enum sync_rw rw;
	const volatile void *obj;
	sync_word_t seen; /* SYNC_AWAIT: what it saw there */
	bool again; /* and it has taken an interrupt since */
	bool iflag;
};

enum metal_mode {
	METAL_OFF,
	METAL_SETUP, /* CPUs stop only where they wait */
	METAL_EXPLORE,
};

enum metal_order {
	ORDER_NONE,
	ORDER_STEP,
	ORDER_IRQ, /* take the pending interrupt */
	ORDER_NMI, /* wait for an NMI, which comes now */
	ORDER_SAVE, /* save this point for ORDER_GO; go home */
	ORDER_HOME, /* leave everything, go home */
	ORDER_GO, /* from home */
};

enum metal_state { STATE_RUNNING, STATE_PARKED, STATE_READY, STATE_HOME };

struct metal_cpu {
	u32 order; /* controller writes, CPU clears */
	u32 state; /* CPU writes, controller reads */
	struct metal_op op; /* while PARKED */
	bool taken, dropping, held; /* own CPU */
	bool judged; /* own CPU: there was a verdict before the event under way */
	/* What the machine has under way for this CPU, as its interrupts were sent. */
	bool call, resched, nmi, in_nmi;
};
extern struct metal_cpu metal_cpus[METAL_CPUS];
extern unsigned int metal_driven; /* CPUs 0 … */
extern enum metal_mode metal_mode;
#define METAL_FAILURE 200
extern char metal_failure[METAL_FAILURE]; /* empty, or the verdict of this schedule */

/* Bugs of the gate itself, for the test of it. */
enum metal_plant { PLANT_NONE, PLANT_OPEN, PLANT_SILENT, PLANT_BLIND };
extern enum metal_plant metal_plant;

/* Two levels: the empty machine, and a case ready to be explored. */
enum metal_level { LEVEL_BASE, LEVEL_CASE, NR_LEVELS };

/* Objects that are no memory. See arch/model/proc.c. */
enum metal_object { OBJ_CONTROL = 1, OBJ_IRQS, OBJ_PENDING, OBJ_NMI, OBJ_WALK, OBJ_TABLES };
#define OBJECT_CPU_BITS	  8
#define OBJECT(kind, cpu) ((uintptr_t)(kind) << OBJECT_CPU_BITS | (cpu))
_Static_assert(METAL_CPUS <= 1 << OBJECT_CPU_BITS, "an object of each kind for each CPU");

#define METAL_TOUCHED 24
extern struct xp_access metal_touched[METAL_TOUCHED]; /* by the step under way */
extern unsigned int metal_nr_touched;
void metal_touch(uintptr_t obj, unsigned int rw);

/* control.c */
extern atomic_t metal_retired; /* CPUs that take no part */
extern bool metal_nmi_now; /* the controller sends one itself */
bool metal_on_path(void); /* a known one, on which each CPU gives the next one its turn */
void metal_next(void); /* own CPU, back at the gate on a path: gives the next step */

void metal_give(unsigned int cpu, enum metal_order order);
void metal_wait(unsigned int cpu, enum metal_state state); /* ends the run on a time-out */
void metal_run(const unsigned char *procs, unsigned int n); /* CPUs and interrupts, one by one */
void metal_drive(unsigned int cpus); /* from here on; each is parked at OP_IDLE */
void metal_send_nmi(unsigned int cpu);

/* gate.c */
void metal_hook(void);
void metal_park(enum metal_kind kind);
bool metal_can_run(unsigned int cpu);
void metal_hold(struct metal_cpu *c, bool on); /* its interrupts; own CPU */
void metal_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* hardware.c */
void hardware_looks(unsigned long addr); /* own CPU, where it is about to use it */
void hardware_unmark(void); /* before a snapshot is put back */

/* home.c */
void home_save(void); /* own CPU, in its gate: returns after each ORDER_GO */
void home_go(void) __attribute__((noreturn));
void home_level(enum metal_level level); /* which one is saved, and gone back to */
void home_run_controller(void (*fn)(void)) __attribute__((noreturn)); /* on a stack of ours */

/* snapshot.c */
void snapshot_take(enum metal_level level);
void snapshot_restore(enum metal_level level);
void snapshot_track(void); /* before the first one: record from here on what is written */
void snapshot_check(void); /* after LEVEL_CASE was restored: panics if something was left out */
void arena_fill(unsigned int blocks); /* of 2 MiB, before the first snapshot */
void *arena_alloc(size_t size, size_t align);
struct arena_mark {
	unsigned int block;
	size_t used;
};
struct arena_mark arena_mark(void);
void arena_release(struct arena_mark to); /* everything allocated since */

/* shared.c */
bool shared_access(const volatile void *p, bool write);
bool shared_discovered(void);
void shared_learn(void);
void shared_freeze(void);
void shared_forget(void); /* another case */

/* world.c */
void world_describe_schedule(char *buf, size_t size);

#endif
