/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include <kernel/types.h>
#include <model/liberties.h>

/*
 * The modelled machine as the search and the scenarios see it.
 *
 *	1. model_boot(): the kernel's own initialisation, then threads that set the scenario
 *	   up; nothing is explored yet
 *	2. model_snapshot(): the state from which every schedule begins
 *	3. for each schedule: model_restore(), then model_step() of processes that
 *	   model_enabled() allows, until none is left
 *
 * Processes: the CPUs, and for each CPU what the hardware may do by itself.
 */
#define MODEL_MAX_CPUS 4

enum model_proc_kind {
	PROC_CPU, /* its next step */
	PROC_IRQ, /* it takes the most urgent pending interrupt */
	PROC_NMI, /* it takes an NMI */
	PROC_DRAIN, /* the oldest store leaves its store buffer */
	PROC_TICK, /* its timer fires */
	PROC_FILL, /* its page-table hardware takes a step of a speculative walk */
	PROC_INVLPGB, /* one CPU carries out the oldest INVLPGB of this CPU */
	PROC_HYPERVISOR, /* it is preempted, or resumed */
	NR_PROC_KINDS
};
#define MODEL_MAX_PROCS (NR_PROC_KINDS * MODEL_MAX_CPUS)

static inline unsigned int model_proc(enum model_proc_kind kind, unsigned int cpu)
{
	return (unsigned int)kind * MODEL_MAX_CPUS + cpu;
}

/* One object that a step touches; the flags are those of <explore/world.h>. */
enum {
	ACC_READ = 1,
	ACC_WRITE = 2,
	ACC_AWAIT = 4, /* whether the step can run depends on it */
	ACC_WAKE = 8, /* nobody who awaits it could run before */
	ACC_SPIN = 16,
	ACC_TURN = 32, /* may change which objects others' next steps touch */
};
struct model_acc {
	uintptr_t obj;
	u64 rw; /* no padding: states are compared as bytes */
};

/* @start makes the first threads; returns when all CPUs are idle, or wait at model_gate(). */
void model_boot(const struct model_config *config, void (*start)(void));
void model_snapshot(void);
void model_restore(void);
/* Before model_snapshot(): look at all memory each time, unused parts of stacks too. */
void model_careful(void);
/*
 * From here on a process that dies of a fault leaves what differed from the snapshot to those that
 * are forked later by this one: there it is put back from the beginning. How much that is by now.
 */
void model_bequeath(void);
unsigned int model_bequeathed(void);
bool model_bequest_full(void); /* there was more than there is room for: no use in trying again */

/*
 * Checkpoints of the schedule that runs. model_restore_saved() is false if the state is lost,
 * because a line turned out to be part of it that was not saved.
 */
#define MODEL_MAX_CHECKPOINTS 512
void model_save(unsigned int slot);
bool model_restore_saved(unsigned int slot);
u64 model_image(void); /* of all that a schedule can change */
/* Of what CPUs are about to do, their buffers and TLBs: in whatever order independent steps came. */
u64 model_cpu_state(void);

/* For actors: wait here, in setup, until exploring begins. */
void model_gate(void);

u64 model_procs(void); /* mask of processes that this configuration has */
u64 model_turners(void); /* of which some step has ACC_TURN */
u64 model_enabled(void); /* mask of processes that can take a step */
unsigned int model_next(unsigned int proc, struct model_acc *acc); /* what it would touch */
void model_step(unsigned int proc);
/* Where model_step() writes down the schedule that it is in, for whoever survives it; NULL: nowhere. */
#define MODEL_TRAIL 4096
struct model_trail {
	unsigned int nr;
	unsigned char proc[MODEL_TRAIL];
};
extern struct model_trail *model_trail;
bool model_at_rest(void); /* all CPUs idle, nothing under way */
void model_look(void (*fn)(void)); /* between steps, at what the CPUs have left */
const char *model_failure(void);
void model_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* More words are shared than this search knew: it does not count. Learn, and begin again. */
bool model_discovered(void);
bool model_learn(void); /* Return: whether there was anything */
/* Schedules are run, but none is judged: go on, whatever they discover. */
void model_freeze(bool on);

/* A look at all memory: a line that changed unknown to model_restore(); also then begin again. */
bool model_missed(void);

/*
 * May the page-table hardware of @cpu still read table @pfn, by way of an entry that is
 * no longer there?
 */
bool model_stale_path(unsigned int cpu, unsigned long pfn);

/* Told of each table that a page walker reads, and each page that a load or store uses. */
void hardware_follows(unsigned int cpu, unsigned long pfn, unsigned int level);
void hardware_uses(unsigned int cpu, unsigned long pfn);
/* And of a translation that is cached beside one of another size, for the same address @va. */
void hardware_two_sizes(unsigned int cpu, unsigned long va);

/* A load, if the TLB has a translation; else it would be get_user_u64() in more schedules. */
void model_use_cached(unsigned long addr);

/* Between two steps that are one where CPUs are driven: interrupts come in here, too. */
void model_let_in(void);

/* The kind of an object that a step touches, 0: memory; its name, NULL: no such kind. */
unsigned int model_object_kind(uintptr_t obj);
const char *model_object_name(unsigned int kind);

/* Has @cpu been sent an interrupt, or an NMI, that it has not taken? */
bool model_pending(unsigned int cpu, bool nmi);

/*
 * For who leads a schedule by its tale (tests/tale.h): each line of it is told in a step that
 * does nothing before, and where a CPU is about to take such a step can be asked for.
 */
void model_tell(bool on);
enum model_next { MODEL_OTHER, MODEL_TELL, MODEL_ACCESS, MODEL_LOCK };
enum model_next model_about_to(unsigned int cpu);
unsigned int model_handlers(unsigned int cpu); /* that it is in, one in another */

/* The next step of a process, in words. */
void model_describe(unsigned int proc, char *buf, size_t size);

/* Events of the schedule, for histories; NULL: none. */
struct event;
extern void (*model_event_hook)(const struct event *ev);

/* What a TLB holds: under two PCIDs all four levels of one address, and it as a huge page. */
#define TLB_ENTRIES 12
/* Entries that may be used: fewer, to see what is said when all are. */
extern unsigned int tlb_room;
struct hw_tlb_entry {
	bool valid;
	bool leaf; /* a translation; else a paging-structure entry */
	u8 level; /* of the table that it was read from */
	u8 unused;
	u16 pcid, unused2; /* no padding: states are compared as bytes */
	unsigned long va; /* first address that it serves */
	unsigned long entry; /* as read */
	const unsigned long *from; /* where */
};
struct hw_walk {
	bool active;
	u8 level; /* of the table to be read next */
	u8 unused[6]; /* no padding: states are compared as bytes */
	unsigned long table; /* physical */
	unsigned long va;
	const unsigned long *from; /* the entry that led there; NULL: CR3 */
	unsigned long entry; /* what it said */
	bool store; /* it is for one */
	bool update; /* the entry to be read next has to get Accessed or Dirty */
};
struct hw_tlb {
	struct hw_tlb_entry e[TLB_ENTRIES];
	struct hw_walk walk;
	u64 cut; /* a walk that would have gone on was not let */
	u64 epoch; /* counts invalidations; see uaccess.c */
};

#endif
