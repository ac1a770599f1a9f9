/* SPDX-License-Identifier: GPL-2.0 */
/* Lists: of names in options, of what is registered, and of the options of this run. */
#include <kernel/busted.h>
#include <kernel/errno.h>
#include <kernel/host.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/rand.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <mm/pt_sync.h>
#include <tests/bench.h>
#include <tests/busted_case.h>
#include <tests/list.h>
#include <tests/torture.h>

bool list_nth(const char *list, unsigned int n, char *name, size_t size)
{
	char *comma;

	while (n--) {
		list = strchr(list, ',');
		if (!list)
			return false;
		list++;
	}
	strscpy(name, list, size);
	comma = strchr(name, ',');
	if (comma)
		*comma = '\0';
	return *name;
}

bool list_has(const char *list, const char *name)
{
	char one[32];

	for (unsigned int i = 0; list_nth(list, i, one, sizeof(one)); i++)
		if (!strcmp(one, name))
			return true;
	return false;
}

static char policy_list[128];

const char *policies_asked(void)
{
	return *policy_list ? policy_list : NULL;
}

int policies_ask(const char *list)
{
	return strscpy(policy_list, list, sizeof(policy_list)) < 0 ? -EINVAL : 0;
}
PARAM(policy,
      "policies to compare, a list, the first one is the reference (broadcast,implied,receipt; bench: all)",
      policies_ask);

/*
 * One line each, for people and for scripts:
 *	flush NAME WAITS NATIVE_IPI BUSTED [why it cannot be used on this machine]
 *	policy NAME SOUND_ON BUSTED HELP
 *	model-only NAME HELP (a planted bug that a torture run of seconds does not show)
 */
static enum exit_status list(void)
{
	linkset_for_each (job, j)
		printk("# list: job %s\n", j->name);
	linkset_for_each (flush_backend, b) {
		const char *why_not = b->available ? b->available() : NULL;

		printk("# list: flush %s %u %u %u%s%s\n", b->name, flush_waits(b), b->native_ipi,
		       is_busted(b->name), why_not ? " " : "", why_not ?: "");
	}
	linkset_for_each (pt_sync_policy, p)
		printk("# list: policy %s %u %u %s\n", p->name, p->sound_on, is_busted(p->name),
		       p->help);
	linkset_for_each (torture_op, o)
		printk("# list: op %s\n", o->name);
	linkset_for_each (oracle, o)
		printk("# list: oracle %s\n", o->name);
	linkset_for_each (bench, b)
		printk("# list: bench %s %s\n", b->name, b->help);
	linkset_for_each (busted_case, b)
		printk("# list: busted %s %s\n", b->name, b->options);
	linkset_for_each (busted, b)
		if (!is_busted(b->name))
			printk("# list: model-only %s %s\n", b->name, b->help);
	linkset_for_each (param, p)
		printk("# %s= %s\n", p->name, p->help);
	return EXIT_PASS;
}
JOB(list, "names of everything that can be chosen", list);

/* What `make run` calls an option; NULL: it has no variable of its own. */
static const char *make_variable(const char *option)
{
	static const char *const names[][2] = {
		{"run", "RUN"},		{"flush", "FLUSH"}, {"policy", "POLICY"},
		{"ops", "OPS"},		{"tests", "TESTS"}, {"duration", "DURATION"},
		{"invlpgb", "INVLPGB"}, {"bench", "BENCH"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i][0], option))
			return names[i][1];
	return NULL;
}

static bool belongs_to_machine(const char *option)
{
	return list_has("cells,console,debugexit,history,host,seed,trace", option);
}

void print_reproduce(void)
{
	char line[512], append[256] = "", word[96];
	const char *p = saved_command_line(), *found;
	size_t len;
	bool exact = list_has(host_description(), "icount");
	int n = snprintf(line, sizeof(line), "make run SMP=%u SEED=%#llx%s", num_online_cpus(),
			 (unsigned long long)rand_seed, exact ? " DETERMINISTIC=1" : "");
	bool cut = false;
	int a = 0;

	while (n < (int)sizeof(line) && a < (int)sizeof(append) &&
	       (found = cmdline_word(&p, &len))) {
		char *eq;

		cut |= len >= sizeof(word);
		strscpy(word, found, min(len + 1, sizeof(word)));
		eq = strchr(word, '=');
		if (!eq)
			continue;
		*eq = '\0';
		if (belongs_to_machine(word))
			continue;
		if (make_variable(word))
			n += snprintf(line + n, sizeof(line) - (size_t)n, " %s=%s",
				      make_variable(word), eq + 1);
		else
			a += snprintf(append + a, sizeof(append) - (size_t)a, "%s%s=%s",
				      a ? " " : "", word, eq + 1);
	}
	printk("# reproduce: %s%s%s%s\n", line, a ? " APPEND=\"" : "", append, a ? "\"" : "");
	if (cut || *p || n >= (int)sizeof(line) || a >= (int)sizeof(append))
		printk("#   (cut: there are more options, or longer ones, than fit; see the command line)\n");
	if (!exact)
		printk("#   (the same choices; with DETERMINISTIC=1, now and then, the same schedule)\n");
}
