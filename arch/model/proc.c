/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes of the search: the CPUs, and for each CPU what its hardware does by itself. Each
 * kind has its own file and its own struct proc_ops. Objects that are not memory:
 *
 *	IRQS		written by each step of a CPU with IF=1 (it may change IF), and by an
 *			interrupt that it takes; and by the step that is going to set IF. Steps
 *			with IF=0 only read it: no interrupt can be taken between two of them,
 *			but a handler's steps come after the interrupt that has started it
 *	CONTROL		the same for NMIs and for the hypervisor, whatever IF is
 *	PENDING, NMI	written when an interrupt is sent and when it is taken
 *	SLOT		one store: entered, then drained
 *	BUFFER		written by each drain, read by what waits for an empty buffer
 */
#include "proc.h"
#include "host.h"
#include <kernel/printk.h>

static const struct proc_ops *ops[NR_PROC_KINDS]; /* NULL: not in this configuration */
static const struct proc_ops *present[NR_PROC_KINDS + 1]; /* the rest of ops[]; ends with NULL */

/* Interrupts come in any configuration: its choice is where. */
static bool is_present(enum model_proc_kind kind)
{
	return kind <= PROC_IRQ || model_has(kind);
}

void procs_boot(void)
{
	unsigned int nr = 0;

	MODEL_LIMIT(__stop_hwstate - __start_hwstate > HW_STATE_SIZE,
		    "the hardware of a CPU has more state than HW_STATE_SIZE");
	linkset_for_each (proc_ops, o) {
		if (!is_present(o->kind))
			continue;
		MODEL_LIMIT(ops[o->kind], "two struct proc_ops have one number");
		ops[o->kind] = o;
		present[nr++] = o;
		for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
			machine.cpus[cpu].left[o->kind] = (u16)model_times(o->kind, cpu);
	}
}

/* The processes of all kinds, or only those that may turn steps. */
static u64 procs(bool all)
{
	u64 mask = 0;

	for (unsigned int i = 0; present[i]; i++)
		if (all || (present[i]->turns && present[i]->turns()))
			mask |= ((1ULL << model_config.cpus) - 1)
				<< model_proc(present[i]->kind, 0);
	return mask;
}

u64 model_procs(void)
{
	return procs(true);
}

u64 model_turners(void)
{
	return procs(false);
}

u64 model_enabled(void)
{
	u64 on = 0;

	for (const struct proc_ops *const *o = present; *o; o++)
		on |= (*o)->enabled() << model_proc((*o)->kind, 0);
	return on;
}

unsigned int model_next(unsigned int proc, struct model_acc *acc)
{
	const struct proc_ops *o = ops[proc / MODEL_MAX_CPUS];

	return o ? o->next(proc % MODEL_MAX_CPUS, acc) : 0;
}

struct model_trail *model_trail;

static void leave_trail(unsigned int proc)
{
	u64 n = machine.steps - machine.first_step;

	if (!model_trail || n >= MODEL_TRAIL)
		return;
	model_trail->proc[n] = (u8)proc;
	model_trail->nr = (unsigned int)n + 1;
}

void model_step(unsigned int proc)
{
	if (machine.exploring)
		leave_trail(proc);
	machine.steps++;
	ops[proc / MODEL_MAX_CPUS]->step(proc % MODEL_MAX_CPUS);
}

const char *model_choice_name(enum model_proc_kind kind)
{
	linkset_for_each (proc_ops, o)
		if (o->kind == kind)
			return o->choice;
	return NULL;
}

const char *model_proc_name(unsigned int proc)
{
	return ops[proc / MODEL_MAX_CPUS] ? ops[proc / MODEL_MAX_CPUS]->name : "absent";
}

void model_describe(unsigned int proc, char *buf, size_t size)
{
	const struct proc_ops *o = ops[proc / MODEL_MAX_CPUS];

	if (o->does)
		snprintf(buf, size, "%s", o->does);
	else
		describe_step(proc % MODEL_MAX_CPUS, buf, size);
}

unsigned int model_object_kind(uintptr_t obj)
{
	return obj >> 8 < NR_OBJ_KINDS ? (unsigned int)(obj >> 8) : 0;
}

const char *model_object_name(unsigned int kind)
{
	static const char *const names[NR_OBJ_KINDS] = {
		[0] = "memory",
		[OBJ_CONTROL] = "control",
		[OBJ_IRQS] = "irqs",
		[OBJ_PENDING] = "pending",
		[OBJ_NMI] = "nmi",
		[OBJ_BUFFER] = "buffer",
		[OBJ_SLOT] = "slot",
		[OBJ_TLB] = "tlb",
		[OBJ_INVLPGB] = "invlpgb",
		[OBJ_WALK] = "walk",
		[OBJ_USE] = "use",
	};

	return kind < NR_OBJ_KINDS ? names[kind] : NULL;
}
