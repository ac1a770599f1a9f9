/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NMIs that walk, at random, wherever they hit: in a walk, in a switch of mms, under a
 * temporary mm. See <mm/perf_walk.h> for what is special about them.
 */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/irqflags.h>
#include <kernel/nmi.h>
#include <kernel/param.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/watchdog.h>
#include <asm/atomic.h>
#include <asm/mmu_context.h>
#include <asm/smp.h>
#include <mm/perf_walk.h>
#include <tests/nmi_walker.h>
#include <tests/torture.h>

static enum { NMI_OFF, NMI_WALKS, NMI_TEMP } mode; /* parse_params() */

/* A requester writes IDLE -> ASKING -> ASKED; the NMI on the CPU itself writes the rest. */
enum { IDLE, ASKING, ASKED, WALKING };
struct nmi_walk {
	int state;
	unsigned long addr;
	u64 size;
	bool lingers; /* under its temporary mm; the CPU itself writes */
	struct pt_regs *regs; /* of the NMI under way */
	bool irqs_on;
	struct rand rand;
	struct nmi_counts counts;
};
static DEFINE_PER_CPU_ALIGNED(struct nmi_walk, nmi_walks);

/* The mms and regions do not change while there are NMIs. */
static unsigned long somewhere(struct rand *r)
{
	for (unsigned int i = 0; i < world_nr_mms(); i++) {
		const struct tmm *t = world_mm(i);
		const struct region *reg;

		if (t->mm != current->mm || !t->nr_regions)
			continue;
		reg = &t->regions[rand_below(r, t->nr_regions)];
		return reg->start + rand_below(r, reg->nr) * reg->stride;
	}
	return PAGE_SIZE;
}

static void count(struct nmi_counts *c)
{
	int cpu = raw_smp_processor_id();
	bool loaded = tlb_cpu_loaded_mm(cpu) == current->mm && !tlb_cpu_lazy(cpu);

	if (!current->mm)
		return;
	if (!loaded && perf_walk_loaded_only) {
		WRITE_ONCE(c->left_out, c->left_out + 1);
		return;
	}
	WRITE_ONCE(c->walks, c->walks + 1);
	WRITE_ONCE(c->not_loaded, c->not_loaded + !loaded);
}

static void nmi_walk(struct pt_regs *regs, bool irqs_on)
{
	struct nmi_walk *w = this_cpu_ptr(&nmi_walks);

	if (smp_load_acquire(&w->state) != ASKED) /* pairs with nmi_walk_ask() */
		return;
	WRITE_ONCE(w->state, WALKING);
	w->regs = regs;
	w->irqs_on = irqs_on;
	count(&w->counts);
	w->size = perf_get_page_size(w->addr ?: somewhere(&w->rand));
	w->regs = NULL;
	smp_store_release(&w->state, IDLE); /* pairs with nmi_walk_done(), nmi_walk_ask() */
}
NMI_HANDLER(nmi_walk);

void nmi_poll(void)
{
	struct nmi_walk *w = this_cpu_ptr(&nmi_walks);

	if (!in_nmi() || !w->regs)
		return;
	/* Each looks for its own request; ours is under way. */
	linkset_for_each (nmi_handler, h)
		h->fn(w->regs, w->irqs_on);
}

bool nmi_walk_ask(unsigned int cpu, unsigned long addr)
{
	struct nmi_walk *w = per_cpu_ptr(&nmi_walks, cpu);
	struct cpumask one = {0};

	if (cmpxchg(&w->state, IDLE, ASKING) != IDLE) /* pairs with the end of nmi_walk() */
		return false;
	w->addr = addr;
	smp_store_release(&w->state, ASKED); /* pairs with nmi_walk() */
	__cpumask_set_cpu(cpu, &one);
	preempt_disable();
	arch_send_nmi_mask(&one);
	preempt_enable();
	return true;
}

bool nmi_walk_done(unsigned int cpu, u64 *size)
{
	const struct nmi_walk *w = per_cpu_ptr(&nmi_walks, cpu);

	if (smp_load_acquire(&w->state) != IDLE) /* pairs with nmi_walk() */
		return false;
	if (size)
		*size = w->size;
	return true;
}

/* Two, for each sends to all CPUs but its own. */
static struct task_struct *senders[2];
static struct mm_struct *temp_mms[CONFIG_NR_CPUS];
static bool stopping;

/* Any CPU; preferably one under a temporary mm, if there is one. */
static unsigned int pick_cpu(struct rand *r)
{
	unsigned int cpu = rand_below(r, num_online_cpus());

	if (mode != NMI_TEMP || rand_below(r, 4) == 0)
		return cpu;
	for (unsigned int i = 0; i < num_online_cpus(); i++) {
		unsigned int other = (cpu + i) % num_online_cpus();

		if (READ_ONCE(per_cpu(nmi_walks, other).lingers))
			return other;
	}
	return cpu;
}

static int sender(void *arg)
{
	unsigned int self = (unsigned int)raw_smp_processor_id();
	struct rand r;

	rand_init(&r, 0x4e310000 + self);
	while (!READ_ONCE(stopping)) {
		/* A turn of this CPU is rare. */
		for (u32 n = rand_below(&r, 16); n; n--) {
			unsigned int cpu = pick_cpu(&r);

			if (cpu != self)
				nmi_walk_ask(cpu, 0);
			for (u32 pauses = 1 + rand_below(&r, 4); pauses; pauses--)
				cpu_relax();
		}
		yield();
	}
	return 0;
}

bool nmi_walker_on(void)
{
	return mode != NMI_OFF;
}

static void start_sender(unsigned int i, unsigned int cpu)
{
	senders[i] = kthread_create_bound(sender, NULL, (int)cpu, "nmi-sender");
	if (!senders[i])
		fatal("no stack left for a thread that sends NMIs, on CPU%u", cpu);
	wake_up_process(senders[i]);
}

void nmi_walker_start(void)
{
	unsigned int cpu;

	if (mode == NMI_OFF)
		return;
	if (num_online_cpus() < 2)
		fatal("nmi=: a single CPU has no other one to send it NMIs; give it a second one, or nmi=0");
	for_each_online_cpu (cpu) {
		struct nmi_walk *w = per_cpu_ptr(&nmi_walks, cpu);

		rand_init(&w->rand, 0x4e320000 + cpu);
		memset(&w->counts, 0, sizeof(w->counts));
		if (mode != NMI_TEMP)
			continue;
		temp_mms[cpu] = mm_alloc("temporary");
		if (!temp_mms[cpu])
			fatal("not enough memory for temporary mms: give it more memory (run.sh: MEM=)");
	}
	WRITE_ONCE(stopping, false);
	start_sender(0, 0);
	start_sender(1, num_online_cpus() - 1);
}

void nmi_walker_stop(void)
{
	unsigned int cpu;

	if (mode == NMI_OFF)
		return;
	WRITE_ONCE(stopping, true);
	for (unsigned int i = 0; i < ARRAY_SIZE(senders); i++)
		kthread_stop(senders[i]);
	for_each_online_cpu (cpu) {
		struct watchdog_wait w = {0};

		while (!nmi_walk_done(cpu, NULL))
			watchdog_spin(&w, "NMI", (int)cpu);
		if (temp_mms[cpu])
			mm_free(temp_mms[cpu]);
		temp_mms[cpu] = NULL;
	}
}

void nmi_walker_collect(struct nmi_counts *c)
{
	unsigned int cpu;

	memset(c, 0, sizeof(*c));
	for_each_online_cpu (cpu) {
		const struct nmi_counts *from = &per_cpu(nmi_walks, cpu).counts;

		c->walks += READ_ONCE(from->walks);
		c->not_loaded += READ_ONCE(from->not_loaded);
		c->left_out += READ_ONCE(from->left_out);
	}
}

void nmi_walker_linger(struct rand *r)
{
	struct mm_struct *prev;
	bool irqs_off;

	if (mode != NMI_TEMP || rand_below(r, 16))
		return;
	irqs_off = rand_below(r, 4) == 0;
	preempt_disable();
	if (irqs_off)
		local_irq_disable();
	prev = use_temporary_mm(temp_mms[raw_smp_processor_id()]);
	WRITE_ONCE(this_cpu_ptr(&nmi_walks)->lingers, true);
	for (u32 n = 1 + rand_below(r, 64); n; n--)
		cpu_relax();
	WRITE_ONCE(this_cpu_ptr(&nmi_walks)->lingers, false);
	unuse_temporary_mm(prev);
	if (irqs_off)
		local_irq_enable();
	preempt_enable();
}

static int set_nmi(const char *value)
{
	static const char *const names[] = {
		[NMI_OFF] = "0", [NMI_WALKS] = "1", [NMI_TEMP] = "temp"};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(value, names[i]))
			continue;
		mode = i;
		return 0;
	}
	return -EINVAL;
}
PARAM(nmi, "walks from NMIs: 0 (default), 1, or temp: 1, and temporary mms for them to find loaded",
      set_nmi);
