/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_PV_MODEL_H
#define ASM_PV_MODEL_H

#include <kernel/busted.h>
#include <kernel/types.h>

/*
 * The hypervisor behind flush=pv where it is not KVM: a model in this kernel. It plays the
 * host's part of <asm/pv.h> on the CPU that it "preempts": from pv_model_suspend() to
 * pv_model_resume() that CPU takes no interrupt and touches nothing of the kernel.
 *
 * An NMI makes a real host put the vCPU back first. Here its handler runs while the CPU
 * counts as preempted; so no NMI handler may load or store through user addresses.
 */

/*
 * Is it the model that preempts, and not KVM? On a KVM guest too, unless flush=pv was asked for
 * on the command line: without it a test that chooses pv later gets the model.
 */
bool pv_model_on(void);

/**
 * pv_model_preempt - this vCPU is taken off its CPU for a while
 * @pauses: how long, in cpu_relax()
 *
 * Context: IRQs off (asserted), preferably in the middle of something. In an NMI, which may
 * have hit a preempted vCPU, only the time passes. Not if !pv_model_on().
 */
void pv_model_preempt(unsigned int pauses);

/* Its two halves, for tests that decide themselves how long. IRQs off, not from NMI. */
void pv_model_suspend(void);
bool pv_model_resume(void); /* was a flush asked for in between, and done? */

/* The model of the host, here and in arch/model, omits the flush that it owes. */
DECLARE_BUSTED(pv_no_flush_on_resume);

#endif
