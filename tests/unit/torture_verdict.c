/* SPDX-License-Identifier: GPL-2.0 */
/* The words of the table: what each rests on. */
#include <kernel/ktest.h>
#include <kernel/string.h>
#include <tests/torture.h>

#define OP 1

/* Every sync carried out, tables withdrawn with walks open, none of use. */
static struct phase carried_out(void)
{
	return (struct phase){
		.policy = "broadcast",
		.ran = true,
		.stats[OP] = {.done = 10, .acct = {.syncs = 10}},
		.counts[OP] = {.withdrawn = 10, .raced = 5},
	};
}

static struct phase left_out(void)
{
	return (struct phase){
		.policy = "implied",
		.ran = true,
		.stats[OP] = {.done = 10, .acct = {.skipped = 10}},
		.counts[OP] = {.withdrawn = 10, .raced = 5},
	};
}

/* The verdict, after @change, of which nothing remains. */
#define VERDICT(change)                         \
	({                                      \
		static struct phase with, ph;   \
		with = carried_out();           \
		ph = left_out();                \
		change;                         \
		report_verdict(&with, &ph, OP); \
	})
#define EXPECT_WORD(t, word, verdict) KEXPECT(t, !strcmp(verdict, word))

KTEST(torture, no_use_seen_has_a_basis)
{
	EXPECT_WORD(t, "no use seen", VERDICT());
	/* Nothing raced in the phase that is compared with, or in both, or no sync was carried out there. */
	EXPECT_WORD(t, "sound", VERDICT(with.counts[OP].raced = 0));
	EXPECT_WORD(t, "sound", VERDICT(with.stats[OP].acct.syncs = 0));
	EXPECT_WORD(t, "untested", VERDICT(ph.counts[OP].raced = 0));
	EXPECT_WORD(t, "untested", VERDICT(with.counts[OP].raced = ph.counts[OP].raced = 0));
	EXPECT_WORD(t, "needed", VERDICT(with.counts[OP].useful = 1));
	EXPECT_WORD(t, "needed", VERDICT(ph.counts[OP].useful = 1));
}

KTEST(torture, what_was_forgotten_is_not_sound)
{
	EXPECT_WORD(t, "incomplete", VERDICT(with.incomplete = true));
	EXPECT_WORD(t, "incomplete", VERDICT(ph.incomplete = true));
	EXPECT_WORD(t, "incomplete", VERDICT(ph.incomplete = true; ph.counts[OP].raced = 0));
	EXPECT_WORD(t, "UNSOUND", VERDICT(ph.incomplete = true; ph.counts[OP].viol = 1));
}
