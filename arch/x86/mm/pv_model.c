/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hypervisor behind flush=pv: KVM where it offers the features needed; else, or with pv=model,
 * a model of KVM's part in <asm/pv.h>. KVM is given the shared areas only if flush=pv was asked
 * for: it writes to them at any time, and the model uses the same bytes.
 *
 * Modelled: the byte, its atomic protocol, the flush of everything before the vCPU runs on.
 * Different from a host: the model preempts at sync points only, each CPU chooses when itself,
 * and no other guest uses the physical CPU in between.
 */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/event.h>
#include <kernel/irqflags.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <asm/pv.h>
#include <asm/pv_model.h>
#include <asm/tlbflush.h>
#include <mm/busted.h>
#include "flush_pv.h"

DEFINE_BUSTED(pv_no_flush_on_resume,
	      "the hypervisor's model omits the flush that a preempted vCPU is owed");

static enum { PV_AUTO, PV_KVM, PV_MODEL } wanted; /* parse_params() */
static bool kvm; /* pv_init(), constant afterwards */
static char note[96];

bool pv_model_on(void)
{
	return !kvm;
}

const char *pv_note(void)
{
	return note;
}

const char *pv_unavailable(void)
{
	return wanted == PV_KVM ? pv_flush_unavailable() : NULL;
}

/* All PCIDs, global entries too, and the paging-structure caches: SDM vol. 3A 4.10.4.1. */
static void flush_whole_tlb(void)
{
	unsigned long cr4 = insn_read_cr4();

	if (cr4 & X86_CR4_PGE) {
		insn_write_cr4(cr4 & ~X86_CR4_PGE);
		insn_write_cr4(cr4);
	} else {
		insn_write_cr3(insn_read_cr3());
	}
}

void pv_model_suspend(void)
{
	u8 *preempted = &this_cpu_ptr(&steal_time)->preempted;

	lockdep_assert_irqs_disabled();
	VM_BUG_ON(kvm || in_nmi() || READ_ONCE(*preempted));
	observe(VCPU_PREEMPT, 0, 0, 0);
	/* Full barrier: all that the vCPU has done comes before, as at the exit of a real one. */
	(void)xchg(preempted, (u8)KVM_VCPU_PREEMPTED);
}

bool pv_model_resume(void)
{
	u8 old = xchg(&this_cpu_ptr(&steal_time)->preempted, (u8)0); /* [H] of <asm/pv.h> */
	bool flush = old & KVM_VCPU_FLUSH_TLB && !busted(pv_no_flush_on_resume);

	lockdep_assert_irqs_disabled();
	VM_BUG_ON(!(old & KVM_VCPU_PREEMPTED));
	if (flush)
		flush_whole_tlb();
	observe(VCPU_RESUME, flush, 0, 0);
	return flush;
}

void pv_model_preempt(unsigned int pauses)
{
	bool nmi = in_nmi();

	if (!nmi)
		pv_model_suspend();
	while (pauses--)
		cpu_relax();
	if (!nmi)
		pv_model_resume();
}

/* NULL: KVM does it; else why the model does. */
static const char *why_model(void)
{
	if (wanted == PV_MODEL)
		return "pv=model";
	if (strcmp(flush_backend()->name, "pv"))
		return "flush=pv was not asked for";
	return pv_flush_unavailable();
}

/* All CPUs are up, the options are known, and flush_init(), of the same level, has run. */
static void pv_init(void)
{
	const char *why = why_model();

	if (!why) {
		kvm = true;
		pv_enable();
	}
	snprintf(note, sizeof(note), "hypervisor: %s%s", why ? "a model in the kernel; " : "KVM",
		 why ?: "");
}
INITCALL(1, pv_init);

static int set_pv(const char *value)
{
	static const char *const names[] = {
		[PV_AUTO] = "auto", [PV_KVM] = "kvm", [PV_MODEL] = "model"};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(value, names[i]))
			continue;
		wanted = i;
		return 0;
	}
	return -EINVAL;
}
PARAM(pv,
      "hypervisor of flush=pv: kvm, model, or auto: kvm where it is offered, else model (default)",
      set_pv);
