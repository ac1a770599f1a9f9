/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include <kernel/types.h>
#include <model/choices.h>

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

/*
 * States are compared as bytes, and an assignment of a structure need not set its padding. So
 * structures that are assigned as a whole lie between these two: there padding does not compile.
 */
#define NO_PADDING_BEGIN _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic error \"-Wpadded\"")
#define NO_PADDING_END	 _Pragma("GCC diagnostic pop")

/* One object that a step touches; the flags are those of <explore/world.h>. */
enum {
	ACC_READ = 1,
	ACC_WRITE = 2,
	ACC_AWAIT = 4, /* whether the step can run depends on it */
	ACC_WAKE = 8, /* no step that awaits it could run before */
	ACC_SPIN = 16,
	ACC_TURN = 32, /* may change which objects others' next steps touch */
};
NO_PADDING_BEGIN
struct model_acc {
	uintptr_t obj;
	u64 rw;
};
NO_PADDING_END

/* @start makes the first threads; returns when all CPUs are idle, or wait at model_gate(). */
void model_boot(const struct model_config *config, void (*start)(void));
void model_snapshot(void);
void model_restore(void);
/* Before model_snapshot(): compare all memory each time, unused parts of stacks too. */
void model_careful(void);
/*
 * From here on a process that crashes records the lines that differ from the snapshot. Processes
 * that this one forks later put those lines back from the beginning.
 */
void model_record_crashes(void);
unsigned int model_crash_lines(void); /* how many were recorded */
bool model_crash_lines_full(void); /* more lines differed than can be recorded: do not retry */

/*
 * Checkpoints of the schedule that runs. model_restore_saved() is false if the state is lost:
 * since then a line was found to change that was not saved.
 */
#define MODEL_MAX_CHECKPOINTS 512
void model_save(unsigned int slot);
bool model_restore_saved(unsigned int slot);
unsigned int model_lines(void); /* lines of which it is known that they change */
u64 model_image(void); /* a hash of all memory that a schedule can change */
/*
 * A hash of the state between two steps: all memory that is put back, but the number of steps, of
 * which only times in histories are made. Clears what is over and will not be read. A line of which
 * it is not known that it changes is not seen, as with checkpoints: model_missed().
 */
u64 model_state(void);
/* A hash of CPUs' next steps, buffers and TLBs, the same for any order of independent steps. */
u64 model_cpu_state(void);

/* For actors: wait here, in setup, until exploring begins. Then it is a step that does nothing. */
void model_gate(void);
bool model_at_gate(unsigned int cpu); /* and in no interrupt handler there */

u64 model_procs(void); /* mask of processes that this configuration has */
u64 model_turners(void); /* of which some step has ACC_TURN */
u64 model_enabled(void); /* mask of processes that can take a step */
unsigned int model_next(unsigned int proc, struct model_acc *acc); /* what it would touch */
void model_step(unsigned int proc);
/* Where model_step() records the current schedule, so that it survives a crash; NULL: nowhere. */
#define MODEL_TRAIL 4096
struct model_trail {
	unsigned int nr;
	unsigned char proc[MODEL_TRAIL];
};
extern struct model_trail *model_trail;
/*
 * At the end of a schedule, until the state is put back: call @wake, which wakes a thread of CPU 0,
 * and let all CPUs run and take ticks until @until. These are no steps of the schedule.
 */
void model_go_on(void (*wake)(void), bool (*until)(void));
bool model_at_rest(void); /* all CPUs idle, no interrupt pending, all stores drained */
void model_look(void (*fn)(void)); /* call @fn between two steps; its accesses are no steps */
const char *model_failure(void);
void model_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* More words are shared than this search assumed: it does not count. Learn, and begin again. */
bool model_discovered(void);
bool model_learn(void); /* Return: whether there was anything to learn */
/* On: model_discovered() is false. For schedules that are run again, outside of a search. */
void model_freeze(bool on);

/* Compare all memory: has a line changed that model_restore() does not put back? Begin again. */
bool model_missed(void);

/*
 * May the page-table hardware of @cpu still read table @pfn through a cached entry that is no
 * longer in memory?
 */
bool model_stale_path(unsigned int cpu, unsigned long pfn);

/* Called for each table that a page walker reads, and for each page that a load or store uses. */
void hardware_follows(unsigned int cpu, unsigned long pfn, unsigned int level);
void hardware_uses(unsigned int cpu, unsigned long pfn);
/* And when a translation is cached while one of another size is, for the same address @va. */
void hardware_two_sizes(unsigned int cpu, unsigned long va);

/* tests/explore/alone.c: `explore --alone`. Return: its exit status. */
int hardware_alone(void);
/* In setup: the free block @page is @cpu's own; from now on CPUs keep what they free. */
struct page;
void model_own_pages(unsigned int cpu, unsigned int order, struct page *page);
unsigned long model_nr_own_pages(void); /* frames that CPUs keep */

/*
 * In setup: from now on cpu_relax() waits only for the word that was read last. Each wait loop of
 * the kernel reads one word a turn, and nothing between that and cpu_relax(); what it has read
 * before the loop would only add turns that read the same value again.
 */
void model_loops_read_one(void);

/* No CPU has a translation cached any more: for runs that show what is right without TLBs. */
void model_forget(void);

/* A load if the TLB has a translation, else nothing: a walk would only add schedules. */
void model_use_cached(unsigned long addr);

/* Between two steps of the model that are one step of driven CPUs: takes interrupts there too. */
void model_take_interrupts(void);

/* The kind of an object that a step touches, 0: memory; its name, NULL: no such kind. */
unsigned int model_object_kind(uintptr_t obj);
const char *model_object_name(unsigned int kind);

/* Has @cpu been sent an interrupt, or an NMI, that it has not taken? */
bool model_pending(unsigned int cpu, bool nmi);

/*
 * For a search that follows an event trace (tests/trace.h). On: before each line of it a CPU takes
 * a step that does nothing. model_about_to(): is a CPU about to take such a step?
 */
void model_trace_steps(bool on);
enum model_next { MODEL_OTHER, MODEL_TRACE, MODEL_ACCESS, MODEL_LOCK };
enum model_next model_about_to(unsigned int cpu);
unsigned int model_handlers(unsigned int cpu); /* depth of nested interrupt handlers */

/* The hardware choice that processes of @kind are, where it can be taken away; else NULL. */
const char *model_choice_name(enum model_proc_kind kind);
/* A process of this configuration; its next step, in words. */
const char *model_proc_name(unsigned int proc);
void model_describe(unsigned int proc, char *buf, size_t size);

/* Events of the schedule, for histories; NULL: none. */
struct event;
extern void (*model_event_hook)(const struct event *ev);

/* What a TLB holds: under two PCIDs all four levels of one address, and it as a huge page. */
#define TLB_ENTRIES 12
/* Entries that may be used: fewer, to test the limit. */
extern unsigned int tlb_room;

#endif
