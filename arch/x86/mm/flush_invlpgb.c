/* SPDX-License-Identifier: GPL-2.0 */
/*
 * invlpgb: AMD's broadcast invalidation. INVLPGB tells all CPUs of the machine what to drop
 * under a global ASID, TLBSYNC waits until they have. No CPU is interrupted, and one that
 * is in the middle of a walk, interrupts off or not, neither notices nor is waited for.
 *
 *	flusher					target, walking
 *	  clear entry (the caller)		  read the old entry
 *	  raise tlb_gen: full barrier
 *	  INVLPGB				  (drops its translations)
 *	  TLBSYNC
 *	  goes on				  follows what it has read
 *
 * INVLPGB is weakly ordered, also with other INVLPGBs of this CPU, so several run at once. TLBSYNC
 * waits for those of the CPU that executes it and of no other: the task must not migrate between
 * them (asid.c asserts it). The barrier before INVLPGB makes the change visible first.
 *
 * Broadcasts need a global ASID; an mm without one is flushed by native interrupts.
 *
 * Source: AMD APM vol. 3 INVLPGB, TLBSYNC; vol. 2 5.5.3. Linux arch/x86/include/asm/tlb.h.
 */
#include <kernel/errno.h>
#include <kernel/event.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <asm/cpufeature.h>
#include <asm/invlpgb.h>
#include <mm/busted.h>

DEFINE_BUSTED(invlpgb_no_tlbsync, "INVLPGB is not followed by TLBSYNC");
DEFINE_BUSTED(invlpgb_one_tlbsync, "one TLBSYNC also where it takes two (AMD #1718)");

static bool tlbi_ipi;
static unsigned int syncs __read_mostly = 1; /* TLBSYNCs that make one */

static DEFINE_PER_CPU(struct invlpgb_counts, executed); /* own CPU, preemption off; all read */

struct invlpgb_counts invlpgb_counts(void)
{
	struct invlpgb_counts sum = {0};

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		sum.invlpgb += READ_ONCE(per_cpu(executed, cpu).invlpgb);
		sum.tlbsync += READ_ONCE(per_cpu(executed, cpu).tlbsync);
	}
	return sum;
}

static void invlpgb(struct invlpgb op)
{
	insn_invlpgb(op.rax, op.ecx, op.edx);
	this_cpu_inc(executed.invlpgb);
}

static void tlbsync(void)
{
	lockdep_assert_preemption_disabled();
	for (unsigned int i = 0; i < (busted(invlpgb_one_tlbsync) ? 1 : syncs); i++) {
		insn_tlbsync();
		this_cpu_inc(executed.tlbsync);
	}
}

static void invlpgb_flush(const struct flush_tlb_info *info, u16 asid)
{
	unsigned long addr = info->start;

	if (info->end == TLB_FLUSH_ALL) {
		invlpgb(invlpgb_single_pcid(asid));
		return;
	}
	while (addr < info->end)
		invlpgb(invlpgb_range(info, asid, &addr, invlpgb_count_max()));
}

static void invlpgb_sync(const struct flush_tlb_info *info)
{
	if (busted(invlpgb_no_tlbsync))
		return;
	if (!busted_hook(invlpgb_tlbsync_elsewhere, tlbsync))
		tlbsync();
	observe(TLBSYNC, info->mm->context.ctx_id, info->new_tlb_gen, mm_global_asid(info->mm));
}

static void invlpgb_flush_all(void)
{
	preempt_disable();
	invlpgb(invlpgb_all_nonglobals());
	tlbsync();
	observe(BROADCAST_ALL, 0, 0, 0);
	preempt_enable();
}

bool invlpgb_offered_by_mistake(u32 family, u32 model)
{
	static const struct {
		u32 first, last;
	} zen2[] = {{0x30, 0x4f}, {0x60, 0x7f}, {0x90, 0x91}, {0xa0, 0xaf}};

	for (unsigned int i = 0; i < ARRAY_SIZE(zen2); i++)
		if (family == 0x17 && model >= zen2[i].first && model <= zen2[i].last)
			return true;
	return false;
}

unsigned int tlbsyncs_for(u32 family)
{
	return family == 0x1a ? 2 : 1;
}

static const char *unavailable(void)
{
	static char why[200];
	const struct {
		bool holds;
		const char *what;
	} reasons[] = {
		{!cpu_has(X86_FEATURE_INVLPGB),
		 "this CPU does not offer INVLPGB (CPUID 8000_0008 EBX[3])"},
		{cpu_has(X86_FEATURE_INVLPGB) &&
			 invlpgb_offered_by_mistake(cpu_family(), cpu_model()),
		 "a Zen 2 offers INVLPGB by mistake"},
		{!cpu_has(X86_FEATURE_PCID), "no PCID (CPUID 1 ECX[17])"},
		{tlbi_ipi, "tlbi=ipi"},
	};
	int n = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].holds)
			n += scnprintf(why + n, sizeof(why) - (size_t)n, "%s%s", n ? "; " : "",
				       reasons[i].what);
	return n ? why : NULL;
}

static const struct flush_broadcast invlpgb_broadcast = {
	.flush = invlpgb_flush,
	.sync = invlpgb_sync,
	.flush_all = invlpgb_flush_all,
};

static const struct flush_backend invlpgb_backend = {
	.name = "invlpgb",
	.help = "AMD's INVLPGB and TLBSYNC: interrupt no CPU, wait for no walker",
	.waits = FLUSH_WAITS_NEVER,
	.broadcast = &invlpgb_broadcast,
	.available = unavailable,
	.flush_multi = native_flush_tlb_multi,
};
FLUSH_BACKEND(invlpgb_backend);

static void invlpgb_init(void)
{
	syncs = tlbsyncs_for(cpu_family());
}
INITCALL(-1, invlpgb_init);

static int set_tlbi(const char *value)
{
	if (strcmp(value, "ipi") && strcmp(value, "auto"))
		return -EINVAL;
	tlbi_ipi = !strcmp(value, "ipi");
	return 0;
}
PARAM(tlbi, "ipi: as if the CPU did not offer INVLPGB (Linux's option); auto (default)", set_tlbi);
