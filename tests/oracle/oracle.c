/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the oracles: verdicts, the lock of their shadows, the operation of each task. */
#include <kernel/errno.h>
#include <kernel/irqflags.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>
#include <asm/setup.h>
#include <tests/history.h>
#include <tests/list.h>
#include <tests/oracle.h>

struct op_counts op_counts[MAX_OPS];
const char *op_names[MAX_OPS] = {"none"};

/* Task ids are handed out in order, so this many tasks can live at once without a clash. */
#define TASK_SLOTS 4096
static u8 task_op[TASK_SLOTS];

static u32 shadow_lock;
static u64 violations;

/* The first violation, kept until it is printed. */
static struct {
	bool taken, ready;
	char line[192];
	struct history history;
} first;

unsigned long oracle_lock(void)
{
	struct watchdog_wait w = {0};
	unsigned long flags;

	local_irq_save(flags);
	while (xchg(&shadow_lock, 1U))
		while (READ_ONCE(shadow_lock))
			watchdog_spin(&w, "lock of the oracles", NO_CPU);
	return flags;
}

void oracle_unlock(unsigned long flags)
{
	smp_store_release(&shadow_lock, 0U);
	local_irq_restore(flags);
}

void op_charge(unsigned int op)
{
	WRITE_ONCE(task_op[current->id % TASK_SLOTS], (u8)op);
}

void op_begin(unsigned int op)
{
	op_charge(op);
	observe(OP_BEGIN, op, 0, 0);
}

void op_end(void)
{
	observe(OP_END, op_of_task(current->id), 0, 0);
	op_charge(0);
}

unsigned int op_of_task(u32 task)
{
	return READ_ONCE(task_op[task % TASK_SLOTS]);
}

static void oracle_init(void)
{
	linkset_for_each (oracle, o)
		if (o->init)
			o->init();
	/* From the first table and page on: a shadow that missed some would give false verdicts. */
	event_start();
}
INITCALL(-1, oracle_init);

static char selected[64];

static bool oracle_known(const char *name)
{
	linkset_for_each (oracle, o)
		if (!strcmp(o->name, name))
			return true;
	return false;
}

int oracle_select(const char *list)
{
	char name[32];

	for (unsigned int i = 0; list_nth(list, i, name, sizeof(name)); i++)
		if (!oracle_known(name))
			return -ENOENT;
	return strscpy(selected, list, sizeof(selected)) < 0 ? -EINVAL : 0;
}
PARAM(oracles, "oracles whose verdicts count, a list (all but tlbshadow-reuse)", oracle_select);

/* Does what @o says count? */
static bool judges(const struct oracle *o)
{
	return *selected ? list_has(selected, o->name) : !o->on_request;
}

void oracle_lost(struct oracle_loss *l)
{
	__atomic_fetch_add(&l->nr, 1, __ATOMIC_RELAXED);
}

static bool incomplete(const struct oracle_loss *l)
{
	return READ_ONCE(l->nr) && judges(l->oracle);
}

const struct oracle_loss *oracle_incomplete(void)
{
	linkset_for_each (oracle_loss, l)
		if (incomplete(l))
			return l;
	return NULL;
}

void oracle_report_losses(void)
{
	linkset_for_each (oracle_loss, l)
		if (incomplete(l))
			printk("# INCOMPLETE %s: %llu %s forgotten, its table of %u was full; fewer CPUs or operations need less\n",
			       l->oracle->name, (unsigned long long)l->nr, l->what, oracle_room(l));
}

void oracle_reset(void)
{
	/* RCU callbacks of what came before may still free tables, here and elsewhere. */
	unsigned long flags = oracle_lock();

	linkset_for_each (oracle, o)
		if (o->reset)
			o->reset();
	linkset_for_each (oracle_loss, l)
		l->nr = 0;
	memset(op_counts, 0, sizeof(op_counts));
	violations = 0;
	first.taken = false;
	first.ready = false;
	event_rings_start();
	oracle_unlock(flags);
}

void oracle_fail(const struct oracle *o, unsigned int op, int other_cpu, u64 since,
		 struct oracle_object about, const char *fmt, ...)
{
	int n;

	if (!judges(o))
		return;
	__atomic_fetch_add(&violations, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&op_counts[op].viol, 1, __ATOMIC_SEQ_CST);
	/* Only the first gets its history printed. Copy the rings now, before they wrap. */
	if (__atomic_exchange_n(&first.taken, true, __ATOMIC_SEQ_CST))
		return;
	event_rings_stop();
	history_capture(&first.history, raw_smp_processor_id(), other_cpu, since, about);
	n = snprintf(first.line, sizeof(first.line), "%s, %s: ", o->name, op_names[op]);
	if (n < (int)sizeof(first.line)) {
		va_list ap;

		va_start(ap, fmt);
		vsnprintf(first.line + n, sizeof(first.line) - (size_t)n, fmt, ap);
		va_end(ap);
	}
	smp_store_release(&first.ready, true); /* pairs with oracle_report_first() */
}

u64 oracle_violations(void)
{
	return READ_ONCE(violations);
}

const char *oracle_first(void)
{
	/* Pairs with oracle_fail(). */
	return smp_load_acquire(&first.ready) ? first.line : NULL;
}

static enum history_mode history_mode;

static int parse_history(const char *val)
{
	enum history_mode mode = history_mode_of(val);

	if (mode == HISTORY_MODES)
		return -EINVAL;
	history_mode = mode;
	return 0;
}
PARAM(history, "of a violation: fold, full (every event), line (also for tools/history_svg.py)",
      parse_history);

/* When the rings of all CPUs are printed. */
static enum { TRACE_NEVER, TRACE_RED, TRACE_ALWAYS, TRACE_MODES } trace_mode;
static bool traced;

/* As with history=, no branch depends on which of the values it is. */
static int parse_trace(const char *val)
{
	unsigned int mode = (unsigned int)val[0] - '0';

	if (mode >= TRACE_MODES || val[1])
		return -EINVAL;
	trace_mode = mode;
	return 0;
}
PARAM(trace,
      "the events of all CPUs, for tools/trace.py: 0 never (default), 1 of a violation or a panic, 2 of any run",
      parse_trace);

/* Of a run that is red, if nobody has asked: they take a second or two on a slow serial port of QEMU's. */
#define UNASKED 8192

static void print_trace(void)
{
	event_rings_stop();
	history_trace(arch_tsc_to_ns(1000),
		      trace_mode == TRACE_ALWAYS ? CONFIG_EVENT_RING : UNASKED / nr_cpu_ids);
	traced = true;
}

static void trace_at_end(enum exit_status status)
{
	if (!traced && trace_mode >= (status == EXIT_PANIC ? TRACE_RED : TRACE_ALWAYS))
		print_trace();
}
ATEXIT(trace_at_end);

void oracle_report_first(void)
{
	if (!smp_load_acquire(&first.ready)) /* pairs with oracle_fail() */
		return;
	first.ready = false;
	printk("# VIOLATION %s\n", first.line);
	history_print(&first.history, history_mode);
	if (trace_mode >= TRACE_RED)
		print_trace();
	event_rings_start();
}
