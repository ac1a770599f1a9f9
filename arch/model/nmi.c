/* SPDX-License-Identifier: GPL-2.0 */
/* NMIs: send, take (PROC_NMI), return. */
#include "host.h"
#include "irq.h"
#include "proc.h"
#include <kernel/nmi.h>
#include <kernel/preempt.h>
#include <kernel/smp.h>
#include <asm/smp.h>

struct nmi {
	bool pending, handled;
};
static HW_STATE(struct nmi, nmi);

bool nmi_pending(unsigned int cpu)
{
	return hw_state(nmi, &machine.cpus[cpu])->pending;
}

bool nmi_handled(unsigned int cpu)
{
	return hw_state(nmi, &machine.cpus[cpu])->handled;
}

void arch_send_nmi_mask(const struct cpumask *mask)
{
	unsigned int cpu;

	MODEL_LIMIT(!model_has(PROC_NMI), "an NMI without .nmis in the scenario");
	irq_send(mask, OBJ_NMI);
	for_each_cpu (cpu, mask)
		hw_state(nmi, &machine.cpus[cpu])->pending = true;
}

static void run_nmi(struct mcpu *c)
{
	bool iflag = c->iflag;

	hw_state(nmi, c)->pending = false;
	hw_state(nmi, c)->handled = true;
	c->iflag = false;
	this_cpu_add(__preempt_count, NMI_OFFSET);
	linkset_for_each (nmi_handler, h)
		h->fn(NULL, iflag);
	this_cpu_add(__preempt_count, -NMI_OFFSET);
	iret(c, iflag);
	hw_state(nmi, c)->handled = false;
}

static bool nmi_enabled(unsigned int cpu)
{
	return nmi_pending(cpu) && !nmi_handled(cpu) && interruptible(cpu);
}

static unsigned int nmi_next(unsigned int cpu, struct model_acc *acc)
{
	unsigned int n = add(acc, 0, object(OBJ_NMI, cpu), ACC_WRITE | ACC_AWAIT);

	if (!nmi_pending(cpu))
		return n;
	n = add_drained(acc, n, cpu);
	if (machine.cpus[cpu].iflag)
		n = add(acc, n, object(OBJ_IRQS, cpu), ACC_WRITE);
	return add(acc, n, object(OBJ_CONTROL, cpu), ACC_WRITE | ACC_AWAIT | ACC_TURN);
}

static void nmi_step(unsigned int cpu)
{
	hw_event(cpu, EV_HW_NMI, 0, 0, 0);
	machine.cpus[cpu].deliver = run_nmi;
	model_resume(cpu);
}

PROC(nmi, .kind = PROC_NMI, .name = "NMI", .does = "takes NMI", .turns = irq_turns);
