/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pv_no_flush_on_resume: the hypervisor (the model of it: pv=model) lets a preempted vCPU run
 * on without the flush that it was asked for. No wait is too short here; the policy is
 * broadcast. It is the TLB that is wrong.
 *
 *	CPU0, a vCPU			CPU1 munmap
 *	load (the TLB keeps it)
 *	(preempted)
 *					clear PTE; CPU0 is left out; flush returns
 *					free the page
 *	(runs on, not flushed)
 *	load: a freed page
 */
#include <tests/busted_case.h>

BUSTED_CASE(pv_no_flush_on_resume_canary, "pv_no_flush_on_resume",
	    "flush=pv pv=model policy=broadcast ops=zap oracles=canary");
BUSTED_CASE(pv_no_flush_on_resume_shadow, "pv_no_flush_on_resume",
	    "flush=pv pv=model policy=broadcast ops=zap oracles=tlbshadow");
