/* SPDX-License-Identifier: GPL-2.0 */
/* Which backend reaches the other CPUs: flush= and invlpgb= on the command line. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/string.h>
#include <asm/cpufeature.h>
#include <asm/tlbflush.h>

static const struct flush_backend *backend;
static const char *note;

const struct flush_backend *flush_backend(void)
{
	return backend;
}

const char *flush_backend_note(void)
{
	return note;
}

int flush_backend_select(const char *name)
{
	linkset_for_each (flush_backend, b) {
		if (strcmp(b->name, name))
			continue;
		backend = b;
		return 0;
	}
	return -ENOENT;
}

static int set_flush(const char *value)
{
	return flush_backend_select(value);
}
PARAM(flush, "how remote TLBs are flushed: ipi (default), invlpgb-nmi", set_flush);

static bool want_invlpgb;

static int set_invlpgb(const char *value)
{
	if (strcmp(value, "0") && strcmp(value, "1"))
		return -EINVAL;
	want_invlpgb = value[0] == '1';
	return 0;
}
PARAM(invlpgb, "1: flush by INVLPGB, or by its stand-in where the CPU does not offer it; 0: do not",
      set_invlpgb);

/* CPU features are known only now; parse_params() ran before. */
static void flush_init(void)
{
	const char *why_not;

	if (want_invlpgb) {
		if (backend && strcmp(backend->name, "invlpgb-nmi"))
			die("invlpgb=1 and flush=%s exclude each other", backend->name);
		BUG_ON(flush_backend_select("invlpgb-nmi"));
		note = cpu_has(X86_FEATURE_INVLPGB)
			       ? "this CPU offers INVLPGB, but so far only its stand-in by NMI is built"
			       : "this CPU does not offer INVLPGB: an NMI stands in for it";
	}
	if (!backend)
		BUG_ON(flush_backend_select("ipi"));
	why_not = backend->available ? backend->available() : NULL;
	if (why_not)
		die("flush=%s cannot be used here: %s", backend->name, why_not);
}
INITCALL(1, flush_init);
