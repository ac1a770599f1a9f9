/* SPDX-License-Identifier: GPL-2.0 */
/* From the first C function to the job. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/event.h>
#include <kernel/inject.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/rand.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <asm/setup.h>
#include <asm/smp.h>

u64 rand_seed;
static bool seed_given;

static int set_seed(const char *value)
{
	seed_given = true;
	return parse_u64(value, &rand_seed);
}
PARAM(seed,
      "number, decimal or 0x hex, from which all random choices follow (default: from the TSC)",
      set_seed);

static char job_name[32];

static int set_run(const char *value)
{
	return strscpy(job_name, value, sizeof(job_name)) < 0 ? -EINVAL : 0;
}
PARAM(run, "name of the job to run, or list (default torture)", set_run);

static const struct job *find_job(const char *name)
{
	linkset_for_each (job, j)
		if (!strcmp(j->name, name))
			return j;
	return NULL;
}

/* In the order of the linker, which is that of the Makefile. */
static void __noreturn list_jobs(void)
{
	linkset_for_each (job, j)
		printk("%-12s %s\n", j->name, j->help);
	shutdown(EXIT_PASS);
}

static const struct job *choose_job(void)
{
	const char *name = job_name[0] ? job_name : "torture";
	const struct job *j = find_job(name);
	char list[400];
	int n = 0;

	if (j)
		return j;
	if (!strcmp(name, "list"))
		list_jobs();
	list[0] = '\0';
	linkset_for_each (job, k)
		if (n < (int)sizeof(list))
			n += scnprintf(list + n, sizeof(list) - (size_t)n, "%s%s", n ? ", " : "",
				       k->name);
	if (!n)
		fatal("nothing to run: no job is linked into this image; build it with tests/");
	fatal("run=%s: no such job in this image; jobs are: %s", name, list);
}

/* A short seed, as it is copied by hand; splitmix64 makes good random numbers of it. */
static void choose_seed(void)
{
	struct rand r;

	if (seed_given)
		return;
	rand_seed = insn_rdtsc();
	rand_init(&r, 0);
	rand_seed = rand_next(&r) >> 32;
}

static const struct initcall *next_initcall(const struct initcall *prev)
{
	const struct initcall *best = NULL;

	linkset_for_each (initcall, i) {
		if (prev && (i->level < prev->level ||
			     (i->level == prev->level && strcmp(i->name, prev->name) <= 0)))
			continue;
		if (!best || i->level < best->level ||
		    (i->level == best->level && strcmp(i->name, best->name) < 0))
			best = i;
	}
	return best;
}

static void print_banner(const struct job *job)
{
	u64 us = boot_cpus_up_ns() / NSEC_PER_USEC;

	printk("# shootdown: %u CPUs up after %llu.%03llu ms, %s, %s, booted by %s\n",
	       num_online_cpus(), (unsigned long long)(us / 1000), (unsigned long long)(us % 1000),
	       arch_machine_name(), arch_apic_name(), arch_boot_name());
	printk("# CPU: %s\n", arch_cpu_name());
	printk("# job %s, seed=%#llx, options: %s\n", job->name, (unsigned long long)rand_seed,
	       saved_command_line()[0] ? saved_command_line() : "none");
}

void call_atexit(enum exit_status status)
{
	linkset_for_each (atexit, a)
		a->fn(status);
}

/* On CPU 0, a thread like any other: initcalls and the job may sleep. */
static int job_thread(void *arg)
{
	const struct job *job = arg;
	enum exit_status status;

	arch_try_ipis();
	rcu_start_threads();
	for (const struct initcall *i = next_initcall(NULL); i; i = next_initcall(i))
		i->fn();
	print_banner(job);
	inject_start();
	status = job->run();
	call_atexit(status);
	shutdown(status);
}

static void set_cpu_numbers(void)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		per_cpu(cpu_number, cpu) = (int)cpu;
}

void start_kernel(void)
{
	const struct job *job;
	struct task_struct *t;
	char *cmdline;

	setup_arch(&cmdline);
	parse_params(cmdline);
	job = choose_job();
	choose_seed();
	arch_setup_percpu();
	set_cpu_numbers();
	sched_init_cpu(0, NULL);
	cpumask_set_cpu(0, &cpu_online_mask);
	arch_cpu_init();
	arch_time_init();
	event_init();
	rcu_init();
	kthread_init();
	smp_init();
	arch_start_tick();

	t = kthread_create_bound(job_thread, (void *)job, 0, job->name);
	if (!t)
		fatal("no stack for the job thread; give it more memory (run.sh: MEM=)");
	wake_up_process(t);
	cpu_idle_loop();
}

void secondary_start(int cpu)
{
	arch_cpu_init();
	sched_init_cpu(cpu, NULL);
	arch_start_tick();
	/* From here on the boot CPU may send it requests; it takes them when it idles. */
	cpumask_set_cpu((unsigned int)cpu, &cpu_online_mask);
	cpu_idle_loop();
}
