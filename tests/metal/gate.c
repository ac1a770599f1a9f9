/* SPDX-License-Identifier: GPL-2.0 */
/* The gate: where driven CPUs wait for their turn, which control.c gives. */
#include "metal.h"
#include <kernel/bug.h>
#include <kernel/cpumask.h>
#include <kernel/drive.h>
#include <kernel/irqflags.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/atomic.h>
#include <asm/barrier.h>
#include <asm/drive.h>
#include <asm/insn.h>
#include <asm/smp.h>
#include <tests/oracle.h>
#include <tests/trace.h>

struct metal_cpu metal_cpus[METAL_CPUS];
enum metal_mode metal_mode;
enum metal_plant metal_plant;
char metal_failure[METAL_FAILURE];
struct xp_access metal_touched[METAL_TOUCHED];
unsigned int metal_nr_touched;

static struct metal_cpu *this_seat(void)
{
	unsigned int cpu = (unsigned int)raw_smp_processor_id();

	return metal_mode != METAL_OFF && cpu < metal_driven ? &metal_cpus[cpu] : NULL;
}

void metal_touch(uintptr_t obj, unsigned int rw)
{
	if (metal_mode != METAL_EXPLORE)
		return;
	for (unsigned int i = 0; i < metal_nr_touched; i++)
		if (metal_touched[i].obj == obj && metal_touched[i].rw == rw)
			return;
	BUG_ON(metal_nr_touched == METAL_TOUCHED);
	metal_touched[metal_nr_touched++] = (struct xp_access){obj, (unsigned char)rw};
}

void metal_fail(const char *fmt, ...)
{
	va_list ap;

	if (*metal_failure)
		return;
	va_start(ap, fmt);
	vsnprintf(metal_failure, sizeof(metal_failure), fmt, ap);
	va_end(ap);
}

/* There is a verdict: the rest of this schedule does not count. */
static bool judged(void)
{
	return *metal_failure || oracle_violations();
}

void metal_hold(struct metal_cpu *c, bool on)
{
	if (c->held == on)
		return;
	c->held = on;
	arch_hold_interrupts(on);
}

static enum metal_order park(struct metal_cpu *c, const struct metal_op *op)
{
	/* Read first: once this CPU is parked, the controller may begin a path. */
	bool on_path = metal_on_path();
	enum metal_order order;

	c->op = *op;
	smp_store_release(&c->state, STATE_PARKED); /* pairs with metal_wait() */
	if (on_path)
		metal_next();
	while (!(order = smp_load_acquire(&c->order))) /* pairs with metal_give() */
		cpu_relax();
	WRITE_ONCE(c->order, ORDER_NONE);
	return order;
}

/* The one interrupt that drive_taken() will let through comes between here and CLI. */
static void take_interrupt(struct metal_cpu *c)
{
	c->taken = false;
	barrier();
	metal_hold(c, false);
	insn_sti();
	while (!READ_ONCE(c->taken))
		cpu_relax();
	insn_cli();
}

/* The controller sends it when it sees READY. */
static void take_nmi(struct metal_cpu *c)
{
	c->taken = false;
	smp_store_release(&c->state, STATE_READY); /* pairs with metal_wait() */
	while (!READ_ONCE(c->taken))
		cpu_relax();
	c->in_nmi = false;
}

static void gate(struct metal_cpu *c, struct metal_op op)
{
	unsigned long flags;

	local_irq_save(flags);
	op.iflag = flags & X86_EFLAGS_IF;
	metal_hold(c, true);
	for (;;) {
		switch (park(c, &op)) {
		case ORDER_STEP:
			while (metal_plant == PLANT_SILENT && op.kind == OP_START)
				cpu_relax();
			goto out;
		case ORDER_IRQ:
			take_interrupt(c);
			op.again = true;
			if (op.kind != OP_IDLE)
				break;
			/* A driven CPU does not halt: its idle loop brings it back here. */
			scheduler_ipi();
			goto out;
		case ORDER_NMI:
			take_nmi(c);
			break;
		case ORDER_SAVE:
			home_save();
			break;
		case ORDER_HOME:
			home_go();
		default:
			break;
		}
	}
out:
	local_irq_restore(flags);
}

/* What is waited for at @obj: sync_point() asserts that the object is as long. */
static sync_word_t sync_word(const volatile void *obj)
{
	return *(const volatile sync_word_t *)obj;
}

static bool blocked(enum sync_rw rw, const volatile void *obj)
{
	return rw == SYNC_AWAIT || (rw == SYNC_ACQUIRE && sync_word(obj));
}

static bool is_write(enum sync_site site, enum sync_rw rw)
{
	return rw == SYNC_WRITE || rw == SYNC_RMW || (rw == SYNC_ACQUIRE && site == SITE_LOCK);
}

/*
 * A load through the TLB depends on all levels of the tables, and on which pages are free. For
 * loads these are one object, besides the objects that walkers see. A change of it counts as a
 * read and a load as a write, so that a load depends on each change, and no change on another.
 */
static bool is_step(enum sync_site site, const volatile void *obj, bool write)
{
	if (site == SITE_LOAD)
		return true;
	if (site <= SITE_PTE && write)
		metal_touch(OBJECT(OBJ_TABLES, 0), XP_READ);
	return shared_access(obj, write);
}

static bool stops_here(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	if (metal_mode == METAL_EXPLORE && metal_plant != PLANT_OPEN &&
	    is_step(site, obj, is_write(site, rw)))
		return true;
	return blocked(rw, obj);
}

static void sync_hook(enum sync_site site, enum sync_rw rw, const volatile void *obj)
{
	struct metal_cpu *c = this_seat();
	struct metal_op op = {.kind = OP_SYNC, .site = site, .rw = rw, .obj = obj};

	if (!c)
		return;
	if (stops_here(site, rw, obj)) {
		if (rw == SYNC_AWAIT)
			op.seen = sync_word(obj);
		gate(c, op);
	}
	if (metal_mode == METAL_EXPLORE && site == SITE_LOAD)
		hardware_looks((unsigned long)obj);
	if (metal_mode == METAL_EXPLORE && !judged())
		trace_site((unsigned int)raw_smp_processor_id(), site, rw);
}

void metal_park(enum metal_kind kind)
{
	struct metal_cpu *c = this_seat();

	if (c)
		gate(c, (struct metal_op){.kind = kind});
}

bool metal_can_run(unsigned int cpu)
{
	const struct metal_op *op = &metal_cpus[cpu].op;

	switch (op->kind) {
	case OP_SYNC:
		if (op->rw == SYNC_AWAIT)
			return op->again || sync_word(op->obj) != op->seen;
		return !blocked(op->rw, op->obj);
	case OP_EVENT:
		return true;
	case OP_START:
		return metal_mode == METAL_EXPLORE;
	default:
		return false;
	}
}

/* A CPU that takes no part must not run code: what it wrote would not be put back. */
static void __noreturn retire(void)
{
	arch_hold_interrupts(true);
	atomic_inc(&metal_retired);
	for (;;)
		insn_sti_hlt();
}

/* <kernel/drive.h> */

static void drive_idle(void)
{
	if (this_seat())
		metal_park(OP_IDLE);
	else
		retire();
}

static bool drive_taken(unsigned int vector)
{
	struct metal_cpu *c = this_seat();
	unsigned int cpu = (unsigned int)raw_smp_processor_id();

	if (!c)
		return true;
	if (vector == NMI_VECTOR) {
		c->nmi = false;
		c->in_nmi = true;
	} else {
		if (vector == CALL_FUNCTION_VECTOR)
			c->call = false;
		else if (vector == RESCHEDULE_VECTOR)
			c->resched = false;
		else
			return true; /* a spurious one is not recorded */
		metal_hold(c, true);
	}
	if (!c->dropping && vector == NMI_VECTOR)
		observe(HW_NMI, 0, 0, 0);
	else if (!c->dropping)
		observe(HW_IRQ, 0, 0, 0);
	metal_touch(OBJECT(vector == NMI_VECTOR ? OBJ_NMI : OBJ_PENDING, cpu), XP_WRITE | XP_AWAIT);
	WRITE_ONCE(c->taken, true);
	return !c->dropping;
}

static void drive_sent(const struct cpumask *mask, unsigned int vector)
{
	unsigned int cpu;

	if (metal_mode == METAL_OFF)
		return;
	for_each_cpu (cpu, mask) {
		if (cpu >= metal_driven)
			continue;
		metal_touch(
			OBJECT(OBJ_PENDING, cpu),
			XP_WRITE | (metal_cpus[cpu].call || metal_cpus[cpu].resched ? 0 : XP_WAKE));
		if (vector == CALL_FUNCTION_VECTOR)
			metal_cpus[cpu].call = true;
		else
			metal_cpus[cpu].resched = true;
	}
}

static bool drive_hold_nmi(const struct cpumask *mask)
{
	unsigned int cpu;

	if (metal_mode == METAL_OFF || metal_nmi_now)
		return false;
	for_each_cpu (cpu, mask) {
		if (cpu >= metal_driven)
			continue;
		metal_touch(OBJECT(OBJ_NMI, cpu), XP_WRITE | (metal_cpus[cpu].nmi ? 0 : XP_WAKE));
		metal_cpus[cpu].nmi = true;
	}
	return true;
}

/* Events on which oracles judge, far from any sync point: a stop comes before each. */
static void drive_event(unsigned int id)
{
	struct metal_cpu *c = this_seat();

	if (c)
		c->judged = judged();
	if (metal_mode == METAL_EXPLORE && metal_plant != PLANT_OPEN &&
	    (id == EV_WALK_END || id == EV_DEPOSIT || id == EV_TABLE_FREE))
		metal_park(OP_EVENT);
}

/* The verdict of this schedule; the CPU takes no more steps in it. */
static void drive_panic(const char *msg)
{
	struct metal_cpu *c = this_seat();

	if (!c || metal_mode != METAL_EXPLORE)
		return;
	metal_fail("%s", msg);
	insn_cli();
	metal_hold(c, true);
	for (;;)
		if (park(c, &(struct metal_op){.kind = OP_DEAD}) == ORDER_HOME)
			home_go();
}

static const struct drive metal = {
	.idle = drive_idle,
	.taken = drive_taken,
	.sent = drive_sent,
	.hold_nmi = drive_hold_nmi,
	.event = drive_event,
	.panic = drive_panic,
};

void metal_hook(void)
{
	drive = &metal;
	WRITE_ONCE(sync_point_hook, sync_hook);
}
