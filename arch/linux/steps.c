/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Linux's sources call in place of instructions and marked accesses (seam.h), by the model's
 * own functions. Each call first settles the plain access before it: see plain.c.
 */
#include "store_buffer.h"
#include "host.h"
#include "model.h"
#include "plain.h"
#include "frames.h"
#include "ipis.h"
#include "seam.h"
#include "stubs_seen.h"
#include "world.h"
#include <kernel/bug.h>
#include <kernel/cpumask.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <asm/atomic.h>
#include <asm/insn.h>
#include <asm/page.h>
#include <asm/percpu.h>
#include <asm/smp.h>

#define CALLER ((const char *)__builtin_return_address(0) - 1)

/* For histories: Linux's code at @pc does @what. */
static void at(const char *pc, const char *what)
{
	if (unlikely(model_event_hook) && machine.exploring)
		hw_event(machine.cpu, EV_HW_AT, (u64)pc, (u64)what, 0);
}

const void *lx_model_load(const volatile void *p, unsigned long size)
{
	const void *q;

	plain_settle();
	q = model_load(p, size);
	if (frames_loaded(p, size <= 8 ? value_at(q, size) : 0))
		at(CALLER, "");
	return q;
}

void lx_model_store(volatile void *p, const void *value, unsigned long size)
{
	u64 old;

	plain_settle();
	old = value_at(p, size);
	model_store(p, value, size);
	if (frames_stored(p, old, value_at(value, size)))
		at(CALLER, "");
}

/* The word of a locked operation, when its step has been taken. */
static volatile void *locked(volatile void *p, unsigned long size)
{
	plain_settle();
	return __model_rmw(p, size);
}

static void put(volatile void *p, u64 value, unsigned long size, const char *pc)
{
	u64 old = value_at(p, size);

	__builtin_memcpy((void *)p, &value, size);
	if (frames_stored(p, old, value_at(&value, size)))
		at(pc, "");
}

void lx_model_xchg(volatile void *p, void *value, unsigned long size)
{
	u64 old = value_at(locked(p, size), size);

	put(p, value_at(value, size), size, CALLER);
	__builtin_memcpy(value, &old, size);
}

bool lx_model_cmpxchg(volatile void *p, void *old, const void *value, unsigned long size)
{
	u64 found = value_at(locked(p, size), size);

	frames_loaded(p, found);
	if (found == value_at(old, size)) {
		put(p, value_at(value, size), size, CALLER);
		return true;
	}
	__builtin_memcpy(old, &found, size);
	return false;
}

unsigned long lx_model_fetch(enum model_rmw what, volatile void *p, unsigned long arg,
			     unsigned long size)
{
	u64 old = value_at(locked(p, size), size);

	put(p,
	    what == MODEL_ADD	? old + arg
	    : what == MODEL_AND ? old & arg
	    : what == MODEL_OR	? old | arg
				: old ^ arg,
	    size, CALLER);
	return old;
}

void lx_model_smp_mb(void)
{
	plain_settle();
	model_fence();
}

void lx_model_pause(void)
{
	plain_settle();
	cpu_relax();
}

/*
 * One step, possible when @word is 0. The first object is the word itself, which OP_LOCK looks at;
 * two of them may lie in one word of the search.
 */
static void when_zero(const volatile unsigned int *word, u8 rw)
{
	struct op *op = point_begin();

	op_touches(op, (uintptr_t)word, rw | ACC_AWAIT);
	op_touches(op, (uintptr_t)word & ~7UL, rw | ACC_AWAIT);
	op_awaits_buffer(op);
	point(OP_LOCK);
}

/* As arch/model/spinlock.c. */
void lx_model_lock(volatile unsigned int *lock)
{
	plain_settle();
	if (shared_access(lock, true)) {
		when_zero(lock, ACC_WRITE);
	} else {
		model_fence();
	}
	if (*lock)
		panic("linux: CPU%u takes a lock that it holds", machine.cpu);
	*lock = 1;
}

/* A step also if no other CPU has been seen to write the word: else there would be no end. */
void lx_model_await_zero(const volatile unsigned int *word)
{
	plain_settle();
	shared_access(word, false);
	when_zero(word, ACC_READ);
}

bool lx_model_trylock(volatile unsigned int *lock)
{
	unsigned int one = 1;

	lx_model_xchg(lock, &one, sizeof(one));
	return !one;
}

void lx_model_unlock(volatile unsigned int *lock)
{
	static const unsigned int none;

	lx_model_store(lock, &none, sizeof(none));
}

void lx_model_cli(void)
{
	plain_settle();
	insn_cli();
	frames_irqs(false);
}

void lx_model_sti(void)
{
	plain_settle();
	if (!this_mcpu()->iflag)
		frames_irqs(true);
	insn_sti();
}

unsigned long lx_model_flags(void)
{
	return insn_save_flags();
}

unsigned long lx_model_read_cr3(void)
{
	return insn_read_cr3();
}

void lx_model_write_cr3(unsigned long v)
{
	plain_settle();
	insn_write_cr3(v);
	at(CALLER, "MOV to CR3 ");
}

unsigned long lx_model_read_cr4(void)
{
	return insn_read_cr4();
}

void lx_model_write_cr4(unsigned long v)
{
	plain_settle();
	insn_write_cr4(v);
}

void lx_model_invlpg(unsigned long addr)
{
	plain_settle();
	insn_invlpg(addr);
	at(CALLER, "INVLPG ");
}

void lx_model_invpcid(unsigned long type, unsigned long pcid, unsigned long addr)
{
	plain_settle();
	insn_invpcid(type, pcid, addr);
	at(CALLER, "INVPCID ");
}

void lx_model_invlpgb(unsigned long rax, unsigned int ecx, unsigned int edx)
{
	plain_settle();
	insn_invlpgb(rax, ecx, edx);
	at(CALLER, "INVLPGB ");
}

void lx_model_tlbsync(void)
{
	plain_settle();
	insn_tlbsync();
	at(CALLER, "TLBSYNC ");
}

unsigned long lx_model_rdtsc(void)
{
	return insn_rdtsc();
}

void lx_model_send_call(unsigned long cpus, const void *pc)
{
	struct cpumask mask = {0};

	plain_settle();
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		if (cpus & BIT(cpu))
			__cpumask_set_cpu(cpu, &mask);
	arch_send_call_function_ipi_mask(&mask);
	if (machine.exploring)
		ipis_sent(cpus);
	at((const char *)pc - 1, "IPI ");
}

void linux_calls(const char *what)
{
	at(CALLER, what);
}

/* The model's handler of the call-function interrupt, in the explorer of a Linux tree. */
static void call_function_interrupt(void)
{
	lx_linux_call_interrupt();
	plain_settle();
}

void linux_begin(bool invlpgb, bool pv, u32 cpus_in_mm)
{
	frames_kept(lines_change);
	call_function_handler = call_function_interrupt;
	ipis_seen_begin();
	stubs_seen_begin();
	if (pv)
		preempted_byte = lx_linux_preempted_byte;
	lx_linux_init(model_config.cpus, model_config.invlpgb, invlpgb, pv);
	for (unsigned int cpu = model_config.cpus; cpu-- > 0;) {
		machine.cpu = cpu;
		model_cpu_off = __per_cpu_offset[cpu];
		lx_linux_enter(cpus_in_mm & BIT(cpu));
	}
}

unsigned long lx_model_phys_base(void)
{
	return (unsigned long)model_memory;
}

void lx_model_bug(const char *file, int line)
{
	plain_settle();
	panic("linux: BUG at %s:%d", file, line);
}

void lx_model_warn(const char *file, int line)
{
	plain_settle();
	panic("linux: WARN at %s:%d", file, line);
}

void lx_model_no_stub(const char *name)
{
	static char text[200];

	snprintf(text, sizeof(text), "Linux calls %s(), which is neither compiled nor stubbed",
		 name);
	host_die(text);
}
