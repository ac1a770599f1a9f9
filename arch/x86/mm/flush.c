/* SPDX-License-Identifier: GPL-2.0 */
/* Which backend reaches the other CPUs: flush= and invlpgb= on the command line. */
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/job.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <asm/asid.h>

static const struct flush_backend *backend;
static const char *note;

const struct flush_backend *flush_backend(void)
{
	return backend;
}

const char *flush_backend_note(void)
{
	return backend->note ? backend->note() : note;
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

enum flush_waits flush_waits(const struct flush_backend *b)
{
	if (!b->broadcast || asid_mode == ASID_BORN)
		return b->waits;
	/* By interrupts until an mm has a global ASID and every CPU uses it. */
	return asid_mode == ASID_NEVER ? FLUSH_WAITS_ALWAYS : FLUSH_WAITS_SOMETIMES;
}

static int set_flush(const char *value)
{
	return flush_backend_select(value);
}
PARAM(flush, "how remote TLBs are flushed, default ipi; run=list names the ways", set_flush);

static enum { ANY, INVLPGB_OR_STAND_IN, INVLPGB_HW } want_invlpgb;

static int set_invlpgb(const char *value)
{
	if (!strcmp(value, "0"))
		want_invlpgb = ANY;
	else if (!strcmp(value, "1"))
		want_invlpgb = INVLPGB_OR_STAND_IN;
	else if (!strcmp(value, "hw"))
		want_invlpgb = INVLPGB_HW;
	else
		return -EINVAL;
	return 0;
}
PARAM(invlpgb,
      "1: flush by INVLPGB, or by NMI in its place where it cannot be used; hw: by INVLPGB or not at all; 0: as flush= says (default)",
      set_invlpgb);

static const char *backend_unavailable(const struct flush_backend *b)
{
	return b->available ? b->available() : NULL;
}

static void select_invlpgb(void)
{
	const struct flush_backend *asked = backend;
	static char why[256];

	BUG_ON(flush_backend_select("invlpgb"));
	if (backend_unavailable(backend)) {
		if (want_invlpgb == INVLPGB_HW)
			fatal("invlpgb=hw: %s; invlpgb=1 would use an NMI in its place",
			      backend_unavailable(backend));
		snprintf(why, sizeof(why), "%s: an NMI is used in place of INVLPGB",
			 backend_unavailable(backend));
		note = why;
		BUG_ON(flush_backend_select("invlpgb-nmi"));
	}
	if (asked && asked != backend)
		fatal("invlpgb=%s, which comes to flush=%s here, and flush=%s exclude each other",
		      want_invlpgb == INVLPGB_HW ? "hw" : "1", backend->name, asked->name);
}

/* CPU features are known only now; parse_params() ran before. */
static void flush_init(void)
{
	const char *why_not;

	if (want_invlpgb != ANY)
		select_invlpgb();
	if (!backend)
		BUG_ON(flush_backend_select("ipi"));
	why_not = backend_unavailable(backend);
	if (why_not)
		fatal("flush=%s cannot be used here: %s", backend->name, why_not);
}
INITCALL(1, flush_init);
