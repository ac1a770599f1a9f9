/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other processes: bystanders, and those that share the GiB with the process that operates.
 *
 * The latter are forked by a process that has only CPU 0 in its mm's mask. A fork by the process that
 * operates would write-protect its pages, and each write after it would be a flush of all walkers.
 */
#include "guest.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t bystander[MAX_CPUS];
static int order[2], answer[2];

void start_bystanders(unsigned int first, unsigned int end)
{
	for (unsigned int cpu = first; cpu < end; cpu++) {
		pid_t pid = fork();

		if (pid < 0)
			give_up("no process for a bystander: %s", strerror(errno));
		bystander[cpu] = pid;
		if (pid)
			continue;
		pin(cpu);
		for (;;)
			__builtin_ia32_pause();
	}
}

void stop_bystanders(void)
{
	for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (!bystander[cpu])
			continue;
		kill(bystander[cpu], SIGKILL);
		waitpid(bystander[cpu], NULL, 0);
		bystander[cpu] = 0;
	}
}

static void tell(int fd, char what)
{
	if (write(fd, &what, 1) != 1)
		_exit(1);
}

static char hear(int fd)
{
	char what;

	return read(fd, &what, 1) == 1 ? what : 0;
}

/* A sharer: maps the GiB, touches it, and exits at the next order. */
static void sharer(void)
{
	if (map_gib())
		_exit(1);
	tell(answer[1], 'r');
	_exit(hear(order[0]) != 'e');
}

/* Orders come in pairs: begin a sharer, and let it exit. */
static void serve(void)
{
	for (;;) {
		int status = 1;
		pid_t pid;

		if (hear(order[0]) != 'b')
			_exit(0);
		pid = fork();
		if (!pid)
			sharer();
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			_exit(1);
		tell(answer[1], 'x');
	}
}

void start_sharer_server(void)
{
	pid_t pid;

	if (pipe(order) || pipe(answer))
		give_up("no pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		give_up("no process: %s", strerror(errno));
	if (!pid)
		serve();
	close(order[0]);
	close(answer[1]);
}

static int ask(char what, char want)
{
	if (write(order[1], &what, 1) != 1)
		return -errno;
	return hear(answer[0]) == want ? 0 : -ECHILD;
}

int begin_sharer(void)
{
	return ask('b', 'r');
}

int exit_sharer(void)
{
	return ask('e', 'x');
}
