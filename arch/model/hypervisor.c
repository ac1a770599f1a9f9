/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PROC_HYPERVISOR: a hypervisor may preempt a virtual CPU between any two of its instructions and resumes it some
 * time later. It may preempt a halted one too, as older KVMs do at each HLT. KVM's part of the
 * protocol in <asm/pv.h>: it sets the preempted byte; before the guest's next instruction it
 * flushes the whole TLB if the byte asks for that. The page walker of a preempted vCPU does
 * not run.
 */
#include "proc.h"
#include <asm/percpu.h>
#include <asm/pv.h>
#include <asm/pv_model.h>

static u8 *our_preempted_byte(unsigned int cpu)
{
	return &per_cpu(steal_time, cpu).preempted;
}
u8 *(*preempted_byte)(unsigned int cpu) = our_preempted_byte;

static bool hypervisor_enabled(unsigned int cpu)
{
	const struct mcpu *c = &machine.cpus[cpu];

	return (c->preempted || c->left[PROC_HYPERVISOR]) && !c->stopped;
}

static unsigned int hypervisor_next(unsigned int cpu, struct model_acc *acc)
{
	unsigned int n = 0;

	if (!hypervisor_enabled(cpu))
		return 0;
	n = add(acc, n, object(OBJ_CONTROL, cpu), ACC_WRITE | ACC_AWAIT);
	n = add(acc, n, (uintptr_t)preempted_byte(cpu) & ~7UL, ACC_WRITE);
	return add(acc, n, object(OBJ_TLB, cpu), tlb_write(cpu));
}

static void hypervisor_step(unsigned int cpu)
{
	struct mcpu *c = &machine.cpus[cpu];
	u8 *byte = preempted_byte(cpu);

	hardware_writes(cpu, byte);
	if (!c->preempted) {
		hw_event(cpu, EV_HW_PREEMPT, 0, 0, 0);
		c->preempted = true;
		--c->left[PROC_HYPERVISOR];
		*byte = KVM_VCPU_PREEMPTED;
		return;
	}
	hw_event(cpu, EV_HW_RESUME, !!(*byte & KVM_VCPU_FLUSH_TLB), 0, 0);
	if (*byte & KVM_VCPU_FLUSH_TLB && !busted(pv_no_flush_on_resume))
		tlb_flush_all(c);
	*byte = 0;
	c->preempted = false;
}

PROC(hypervisor, .kind = PROC_HYPERVISOR, .name = "hypervisor", .does = "hypervisor",
     .choice = "preemption", .turns = tlb_turns);
