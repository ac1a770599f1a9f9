/* SPDX-License-Identifier: GPL-2.0 */
/* The guest's side of <asm/pv.h> on the model. Part of the kernel: it has a per-CPU variable. */
#include <asm/pv.h>
#include <model/machine.h>

DEFINE_PER_CPU(struct kvm_steal_time, steal_time);

const char *pv_flush_unavailable(void)
{
	return model_has(PROC_HYPERVISOR) ? NULL : "the modelled hypervisor preempts no CPU";
}

void pv_enable(void)
{
}
