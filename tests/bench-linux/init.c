/* SPDX-License-Identifier: GPL-2.0 */
/*
 * init: each operation, for each number of CPUs that run the mm; a line of JSON for each, with the
 * keys of docs/bench.md. Arguments: rounds=N, and mask=K as often as wanted.
 */
#define _GNU_SOURCE
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned int cpus, rounds = 30;
static bool is_init;

int err(long ret)
{
	return ret < 0 ? -errno : 0;
}

static void __attribute__((noreturn)) end_machine(void)
{
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	reboot(RB_AUTOBOOT);
	_exit(1);
}

void give_up(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("\n# bench-linux: ");
	vprintf(fmt, args);
	printf("\n");
	fflush(stdout);
	va_end(args);
	if (is_init)
		end_machine();
	_exit(1);
}

/* A process of its own: no other CPU has run its mm before. */
static void bench_mask(unsigned int mask)
{
	int status = 0;
	pid_t pid;

	start_bystanders(mask, cpus);
	pid = fork();
	if (!pid) {
		is_init = false;
		open_file();
		begin_reference();
		start_sharer_server();
		start_walkers(mask);
		for (unsigned int i = 0; i < nr_ops; i++)
			run_rounds(&ops[i], cpus, mask, rounds);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		give_up("no process: %s", strerror(errno));
	if (status)
		end_machine(); /* it has said why */
	stop_bystanders();
}

/* The machine */

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		give_up("%s: %s; the kernel needs what is behind it (docs/bench.md)", path,
			strerror(errno));
	close(fd);
}

/*
 * The scheduler may wake a thread of another CPU by a call-function interrupt (TTWU_QUEUE); then a
 * woken walker is counted as what the operation did. A kernel without debugfs has odd rounds.
 */
static void wake_by_resched(void)
{
	int fd;

	if (mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL))
		return;
	fd = open("/sys/kernel/debug/sched/features", O_WRONLY);
	if (fd >= 0 && write(fd, "NO_TTWU_QUEUE", 13) < 0)
		printf("# bench-linux: TTWU_QUEUE stays: wakeups are counted as syncs\n");
	if (fd >= 0)
		close(fd);
}

static void set_up(void)
{
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL))
		give_up("no /proc or no /sys: %s", strerror(errno));
	wake_by_resched();
	put("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	put("/proc/sys/vm/nr_hugepages", "8");
	cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	if (cpus < 2 || cpus > MAX_CPUS)
		give_up("%u CPUs: 2 to %u are needed", cpus, MAX_CPUS);
	pin(0);
}

static unsigned int number(const char *text, unsigned int least, unsigned int most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n < least || n > most)
		give_up("%s: not a number from %u to %u", text, least, most);
	return (unsigned int)n;
}

int main(int argc, char **argv)
{
	struct utsname name;

	is_init = getpid() == 1;
	setlinebuf(
		stdout); /* what is in the buffer would be printed by each process that is forked */
	set_up();
	uname(&name);
	printf("# json {\"bench\": \"machine\", \"machine\": \"Linux\", \"release\": \"%s\", \"cpus\": %u}\n",
	       name.release, cpus);
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "rounds=", 7))
			rounds = number(argv[i] + 7, 1, MAX_ROUNDS);
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "mask=", 5))
			bench_mask(number(argv[i] + 5, 2, cpus));
	printf("# bench-linux: end\n");
	end_machine();
}
