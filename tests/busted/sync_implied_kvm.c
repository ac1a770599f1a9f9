/* SPDX-License-Identifier: GPL-2.0 */
/*
 * implied-kvm: a table of backends, made at boot, says whose flushes imply that walkers are
 * done: native yes, KVM yes, Hyper-V no. So it stood in the upstream series up to v4; a KVM
 * guest's flush leaves preempted vCPUs out (S. Christopherson).
 *
 *	CPU0 walker, a vCPU		CPU1 unshare, then the last owner
 *	pud = read PUD
 *	(preempted by the host)
 *					clear PUD; flush: CPU0 is left out
 *					"KVM: flushes wait": no sync
 *					changes the table as its own
 *	(host flushes the TLB)
 *	pmd = read PMD in the table
 */
#include <kernel/string.h>
#include <mm/pt_sync.h>
#include <tests/busted_case.h>

static const struct {
	const char *backend;
	bool implies_walkers_done;
} boot_table[] = {{"ipi", true}, {"pv", true}, {"sometimes-ipi", false}};

static bool implied_kvm_covers(const struct pt_withdrawal *w, const struct flush_receipt *r)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(boot_table); i++)
		if (!strcmp(flush_backend()->name, boot_table[i].backend))
			return boot_table[i].implies_walkers_done;
	return false;
}

static const struct pt_sync_policy implied_kvm = {
	.name = "implied-kvm",
	.help = "busted: no wait on ipi and on pv, by a table made at boot (series v4)",
	.sound_on = FLUSH_WAITS_ALWAYS | FLUSH_WAITS_NEVER,
	.covers = implied_kvm_covers,
	.wait = pt_sync_wait_all,
	.defer = call_rcu,
};
PT_SYNC_POLICY(implied_kvm);

BUSTED_CASE(implied_kvm_unshare, "implied-kvm", "flush=pv pv=model ops=unshare oracles=walks");
BUSTED_CASE(implied_kvm_collapse, "implied-kvm", "flush=pv pv=model ops=collapse oracles=walks");
