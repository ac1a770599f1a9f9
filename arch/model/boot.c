/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Boot the kernel on the modelled machine: in kernel/main.c's order, without a console, a job
 * or a timer. Nothing is explored here.
 */
#include "host.h"
#include "irq.h"
#include "model.h"
#include "proc.h"
#include <kernel/bug.h>
#include <kernel/job.h>
#include <kernel/memblock.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/insn.h>
#include <asm/page.h>
#include <asm/percpu.h>
#include <asm/setup.h>

#define MEMORY_PAGES 192
#define STACK_SIZE   32768
#define MAX_TICKS    16
#define LEFT_BELOW   1024 /* most of what lies below an SP: the rest is only not compared equal */

char model_memory[MEMORY_PAGES * PAGE_SIZE] __aligned(4096);
static char stacks[MODEL_STACKS][STACK_SIZE] __aligned(4096);
static unsigned int nr_stacks;
static phys_addr_t boot_top = PAGE_SIZE; /* frame 0 is never used */

unsigned long model_cpu_off;
unsigned long __per_cpu_offset[CONFIG_NR_CPUS];

/* The kernel's sections, renamed by the Makefile so that they can be told apart. */
extern char __start_kdata[] __weak, __stop_kdata[] __weak;
extern char __start_kbss[] __weak, __stop_kbss[] __weak;
extern char __start_kpercpu[] __weak, __stop_kpercpu[] __weak;
extern char __start_kmostly[] __weak, __stop_kmostly[] __weak;

void *memblock_alloc_or_die(size_t size, size_t align, const char *what)
{
	void *p;

	boot_top = ALIGN(boot_top, align);
	p = __va(boot_top);
	boot_top += size;
	MODEL_LIMIT(boot_top > sizeof(model_memory), "memory ends at boot: MEMORY_PAGES");
	return p;
}

void memblock_for_each_free(void (*fn)(phys_addr_t base, phys_addr_t size))
{
	boot_top = ALIGN(boot_top, PAGE_SIZE);
	fn(boot_top, sizeof(model_memory) - boot_top);
}

phys_addr_t memblock_end(void)
{
	return sizeof(model_memory);
}

void *arch_alloc_stack(void)
{
	MODEL_LIMIT(nr_stacks == MODEL_STACKS, "more threads than MODEL_STACKS");
	return stacks[nr_stacks++];
}

void *model_stack_top(void *stack)
{
	return (char *)stack + STACK_SIZE;
}

static void stack_full(void *page)
{
	MODEL_LIMIT(true, "the stack of a modelled thread is full: STACK_SIZE");
}

/* Below each stack lies another one. The lowest page of a stack is its guard page. */
static void guard_stacks(void)
{
	for (unsigned int i = 0; i < nr_stacks; i++)
		host_watch(stacks[i], PAGE_SIZE, stack_full);
}

static unsigned long stack_low[MODEL_STACKS]; /* the lowest SP with which its thread ever waited */

size_t stack_dead(const void *p, size_t size)
{
	unsigned long a = (unsigned long)p, i = (a - (unsigned long)stacks) / STACK_SIZE, from;

	if (i >= MODEL_STACKS)
		return 0;
	from = machine.stack_sp[i] ? machine.stack_sp[i]
	       : stack_low[i]	   ? stack_low[i]
				   : (unsigned long)stacks[i + 1];
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		if ((machine.cpus[cpu].sp - (unsigned long)stacks) / STACK_SIZE == i)
			from = machine.cpus[cpu].sp;
	return from <= a ? 0 : min_t(size_t, size, from - a);
}

static unsigned long stack_of(unsigned long sp)
{
	return (sp - (unsigned long)stacks) / STACK_SIZE;
}

void stack_waits(unsigned long sp)
{
	machine.stack_sp[stack_of(sp)] = sp;
	stack_in_use(sp);
}

void stack_in_use(unsigned long sp)
{
	unsigned long i = stack_of(sp);

	if (!stack_low[i] || stack_low[i] > sp)
		stack_low[i] = sp;
}

/* Else a function would find in its frame, before it sets it, what others left there. */
void stacks_settle(void)
{
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		__builtin_memset((char *)machine.cpus[cpu].sp - LEFT_BELOW, 0, LEFT_BELOW);
}

void stacks_changed(void)
{
	static unsigned long known[MODEL_STACKS];

	for (unsigned int i = 0; i < MODEL_STACKS; i++) {
		if (known[i] == stack_low[i])
			continue;
		known[i] = stack_low[i];
		lines_change((void *)known[i], stacks[i] + STACK_SIZE);
	}
}

static void setup_percpu(void)
{
	size_t size = (size_t)(__stop_kpercpu - __start_kpercpu);

	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++) {
		char *copy = memblock_alloc_or_die(size, 64, "per-CPU area");

		memcpy(copy, __start_kpercpu, size);
		__per_cpu_offset[cpu] = (unsigned long)(copy - __start_kpercpu);
	}
	model_cpu_off = __per_cpu_offset[0];
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		per_cpu(cpu_number, cpu) = (int)cpu;
}

static void on_cpu(unsigned int cpu)
{
	machine.cpu = cpu;
	model_cpu_off = __per_cpu_offset[cpu];
}

static void run_initcalls(void)
{
	for (int level = -1; level <= 2; level++)
		linkset_for_each (initcall, i)
			if (i->level == level)
				i->fn();
}

void arch_boot_secondary_cpus(void)
{
}

static void add_regions(void)
{
	model_region(model_memory, sizeof(model_memory), REGION_DATA);
	model_region(stacks, sizeof(stacks), REGION_STACKS);
	/* Without the CPUs that this configuration lacks. */
	model_region(&machine, offsetof(struct machine, cpus[model_config.cpus]), REGION_MACHINE);
	if (__start_kdata)
		model_region(__start_kdata, (size_t)(__stop_kdata - __start_kdata), REGION_DATA);
	if (__start_kbss)
		model_region(__start_kbss, (size_t)(__stop_kbss - __start_kbss), REGION_DATA);
	if (__start_kmostly)
		model_region(__start_kmostly, (size_t)(__stop_kmostly - __start_kmostly),
			     REGION_DATA);
}

/* Run each CPU in turn, interrupts as soon as possible, until no CPU can run. */
static void settle(void)
{
	bool again;

	do {
		again = false;
		for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++) {
			u64 mine = 1ULL << model_proc(PROC_CPU, cpu) |
				   1ULL << model_proc(PROC_IRQ, cpu) |
				   1ULL << model_proc(PROC_NMI, cpu);
			u64 on;

			while ((on = model_enabled() & mine) && !machine.failure) {
				/* Interrupts first: their numbers are higher. */
				model_step(63 - (unsigned int)__builtin_clzll(on));
				again = true;
				if (machine.cpus[cpu].op.kind == OP_RELAX)
					break;
			}
		}
	} while (again && !machine.failure);
}

/*
 * As at boot, when nothing is explored, but with ticks: idle CPUs report to RCU by them. CPU 1
 * wakes the thread: CPU 0 runs it by an interrupt.
 */
void model_go_on(void (*wake)(void), bool (*until)(void))
{
	machine.exploring = false;
	machine.going_on = true;
	for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
		machine.cpus[cpu].nr_seen = 0; /* reads are noted only while a schedule runs */
	on_cpu(1);
	model_look(wake);
	settle();
	for (unsigned int tick = 0; tick < MAX_TICKS && !until() && !machine.failure; tick++) {
		for (unsigned int cpu = 0; cpu < model_config.cpus; cpu++)
			*hw_state(irq_pending, &machine.cpus[cpu]) |= PEND_TIMER;
		settle();
	}
}

void model_boot(const struct model_config *config, void (*start)(void))
{
	model_config = *config;
	nr_cpu_ids = config->cpus;
	setup_percpu();
	for (unsigned int cpu = 0; cpu < config->cpus; cpu++) {
		on_cpu(cpu);
		sched_init_cpu((int)cpu, NULL);
		__cpumask_set_cpu(cpu, &cpu_online_mask);
		model_cpu_begin(cpu, cpu_idle_loop);
		if (config->invlpgb)
			machine.cpus[cpu].cr4 = X86_CR4_PCIDE; /* as arch/x86's start-up code */
	}
	procs_boot();
	on_cpu(0);
	rcu_init();
	kthread_init();
	smp_init();
	run_initcalls();
	rcu_start_threads();
	start();
	add_regions();
	settle();
	guard_stacks();
}
