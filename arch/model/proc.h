/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_PROC_H
#define MODEL_PROC_H

#include "model.h"
#include <kernel/linkset.h>

/**
 * struct proc_ops - a kind of process: the steps of CPUs, or a choice that their hardware has
 * @kind: its number. Replay strings name processes by it, so it never changes
 * @name: of such a process
 * @does: what its step does, in words; NULL: the step that the CPU has announced
 * @choice: its name in "# needs:"; NULL: it is never taken away
 * @enabled: mask of CPUs whose process can take a step
 * @next: what @cpu's step would touch; if there is none, what it waits for. Return: how many
 * @step: take it
 * @turns: does some step have ACC_TURN? NULL: no
 *
 * The objects of a step include all that can enable or disable it, so that two steps without a
 * common object commute (<explore/world.h>).
 *
 *	PROC(drain, .kind = PROC_DRAIN, ...);	of drain_enabled(cpu), drain_next(), drain_step()
 */
struct proc_ops {
	enum model_proc_kind kind;
	const char *name, *does, *choice;
	u64 (*enabled)(void);
	unsigned int (*next)(unsigned int cpu, struct model_acc *acc);
	void (*step)(unsigned int cpu);
	bool (*turns)(void);
};
LINKSET_DECLARE(proc_ops, const struct proc_ops);
#define PROC(stem, ...)                             \
	static u64 stem##_cpus(void)                \
	{                                           \
		return cpus_where(stem##_enabled);  \
	}                                           \
	static const struct proc_ops stem##_ops = { \
		.enabled = stem##_cpus,             \
		.next = stem##_next,                \
		.step = stem##_step,                \
		__VA_ARGS__,                        \
	};                                          \
	LINKSET_ADD(proc_ops, &stem##_ops)

/* One call a kind and step: @is is inlined. */
static __always_inline u64 cpus_where(bool (*is)(unsigned int cpu))
{
	u64 mask = 0;

	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		mask |= (u64)is(cpu) << cpu;
	return mask;
}

void procs_boot(void);

static inline unsigned int add(struct model_acc *acc, unsigned int n, uintptr_t obj,
			       unsigned int rw)
{
	acc[n] = (struct model_acc){obj, (u8)rw};
	return n + 1;
}

/* step.c */
void describe_step(unsigned int cpu, char *buf, size_t size);
/* Without NMIs and a hypervisor nothing interrupts a CPU between two steps with IF=0. */
unsigned int add_control(struct model_acc *acc, unsigned int n, unsigned int cpu);

#endif
