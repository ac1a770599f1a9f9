/* SPDX-License-Identifier: GPL-2.0 */
/*
 * INVLPGB: broadcast, weakly ordered, asynchronous. Each CPU carries it out at any later time,
 * also with IF=0: PROC_INVLPGB of the issuing CPU. TLBSYNC waits until all CPUs have carried out all INVLPGBs of the issuing CPU,
 * and for nothing else (APM vol. 3, INVLPGB, TLBSYNC). INVLPGB waits for no store; TLBSYNC is
 * serialising.
 *
 * CPUs carry it out in the order of their numbers. This hides no failure: a failure is on a CPU
 * that has not yet carried it out, and each CPU may be late.
 *
 * Erratum #1718 (tlbsync_early): the first TLBSYNC after it may return with one outstanding.
 *
 *	RAX	bit 0 VA valid, 1 PCID valid, 2 ASID valid, 63:12 VA
 *	ECX	15:0 pages - 1, bit 31 stride of 2 MiB
 *	EDX	31:16 PCID, 15:0 ASID
 */
#include "host.h"
#include "model.h"
#include "operands.h"
#include "proc.h"
#include <kernel/bug.h>
#include <asm/cpufeature.h>
#include <asm/insn.h>
#include <asm/pgtable_types.h>

/* One that is not yet complete. */
#define MAX_INVLPGB 8
struct invalidation {
	u32 todo; /* CPUs that have not carried it out */
	bool has_va, has_pcid;
	u16 pcid;
	unsigned long va, end, stride;
};
struct issued {
	struct invalidation inv[MAX_INVLPGB]; /* by this CPU, oldest first */
	unsigned int nr;
	unsigned int tlbsyncs; /* since the last INVLPGB */
};
static HW_STATE(struct issued, issued);

static void carry_out(struct mcpu *c, const struct invalidation *inv)
{
	if (!inv->has_va && !inv->has_pcid)
		tlb_flush_all(c);
	else if (!inv->has_va)
		tlb_flush_pcid(c, inv->pcid);
	else
		for (unsigned long va = inv->va; va < inv->end; va += inv->stride)
			tlb_flush_page(c, inv->pcid, va);
}

/* One step that touches all TLBs. Any of them may have a walk under way by then. */
static void at_once(const struct invalidation *inv)
{
	if (machine.exploring) {
		struct op *op = point_begin();

		for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
			op_touches(op, object(OBJ_TLB, cpu),
				   ACC_WRITE | (walkers() ? ACC_TURN : 0));
		point(OP_HW);
	}
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		carry_out(&machine.cpus[cpu], inv);
}

void insn_invlpgb(u64 rax, u32 ecx, u32 edx)
{
	struct issued *mine = hw_state(issued, this_mcpu());
	unsigned long stride = ecx & BIT(31) ? PMD_SIZE : PAGE_SIZE;
	struct invalidation inv = {
		.todo = (1u << model_config.cpus) - 1,
		.has_va = rax & 1,
		.has_pcid = rax & 2,
		.pcid = edx >> 16 & 0xfff,
		.va = rax & PAGE_MASK,
		.end = (rax & PAGE_MASK) + ((ecx & 0xffff) + 1UL) * stride,
		.stride = stride,
	};

	operands_invlpgb(rax, ecx, edx);
	if (!machine.exploring || !model_times(PROC_INVLPGB, machine.cpu)) {
		at_once(&inv);
		return;
	}
	op_touches(point_begin(), object(OBJ_INVLPGB, machine.cpu), ACC_WRITE);
	point(OP_HW);
	MODEL_LIMIT(mine->nr == MAX_INVLPGB, "more INVLPGBs under way than MAX_INVLPGB");
	mine->inv[mine->nr++] = inv;
	mine->tlbsyncs = 0;
}

void insn_tlbsync(void)
{
	operands_tlbsync();
	model_fence();
	if (!machine.exploring)
		return;
	op_touches(point_begin(), object(OBJ_INVLPGB, machine.cpu), ACC_READ | ACC_AWAIT);
	point(OP_TLBSYNC);
	hw_state(issued, this_mcpu())->tlbsyncs++;
}

bool invlpgb_synced(const struct mcpu *c)
{
	const struct issued *is = hw_state(issued, c);

	return is->nr <= (model_config.tlbsync_early && !is->tlbsyncs);
}

void invlpgb_settle(struct mcpu *c)
{
	struct issued *is = hw_state(issued, c);

	__builtin_memset(&is->inv[is->nr], 0, (MAX_INVLPGB - is->nr) * sizeof(is->inv[0]));
	if (!model_config.tlbsync_early)
		is->tlbsyncs = 0;
}

static bool invlpgb_enabled(unsigned int cpu)
{
	return hw_state(issued, &machine.cpus[cpu])->nr && !machine.cpus[cpu].stopped;
}

/* The lowest CPU that has not carried out the oldest INVLPGB. */
static unsigned int target(const struct issued *is)
{
	return (unsigned int)__builtin_ctz(is->inv[0].todo);
}

static unsigned int invlpgb_next(unsigned int cpu, struct model_acc *acc)
{
	const struct issued *is = hw_state(issued, &machine.cpus[cpu]);
	unsigned int n = add(acc, 0, object(OBJ_INVLPGB, cpu), ACC_WRITE | ACC_AWAIT);

	if (!is->nr)
		return n;
	return add(acc, n, object(OBJ_TLB, target(is)), tlb_write(target(is)));
}

static void invlpgb_step(unsigned int cpu)
{
	struct issued *is = hw_state(issued, &machine.cpus[cpu]);
	unsigned int to;

	if (!is->nr) { /* a line was not put back: see snapshot.c */
		model_discover();
		return;
	}
	to = target(is);
	hw_event(to, EV_HW_INVLPGB, cpu, 0, 0);
	carry_out(&machine.cpus[to], &is->inv[0]);
	is->inv[0].todo &= ~(1u << to);
	if (is->inv[0].todo)
		return;
	is->nr--;
	for (unsigned int i = 0; i < is->nr; i++)
		is->inv[i] = is->inv[i + 1];
}

PROC(invlpgb, .kind = PROC_INVLPGB, .name = "INVLPGB", .does = "invlpgb", .choice = "late INVLPGB",
     .turns = tlb_turns);

bool cpu_has(enum cpu_feature f)
{
	return model_config.invlpgb &&
	       (f == X86_FEATURE_INVLPGB || f == X86_FEATURE_PCID || f == X86_FEATURE_INVPCID);
}

u32 invlpgb_count_max(void)
{
	return model_config.invlpgb ? model_config.invlpgb_max : 0;
}

u32 cpu_family(void)
{
	return model_config.tlbsync_early ? 0x1a : 0x19; /* Zen 5 has the erratum, Zen 3 has not */
}

u32 cpu_model(void)
{
	return 0x01;
}
