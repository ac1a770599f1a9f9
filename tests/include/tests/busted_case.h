/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_BUSTED_CASE_H
#define TESTS_BUSTED_CASE_H

#include <kernel/linkset.h>
#include <kernel/string.h>

/*
 * For each planted bug the options under which a run must be red, by the one oracle that judges
 * (options contain oracles=). One file a bug, with the race drawn at its top. The same options
 * without busted= must be green.
 *
 * @name: a DEFINE_BUSTED() switch, or the name of a policy or backend that is itself busted
 */
struct busted_case {
	const char *name;
	const char *options;
};
LINKSET_DECLARE(busted_case, const struct busted_case);
#define BUSTED_CASE(ident, cname, coptions)                                        \
	static const struct busted_case __busted_case_##ident = {cname, coptions}; \
	LINKSET_ADD(busted_case, &__busted_case_##ident)

/* Is there a torture run that shows this planted bug, or busted backend or policy? */
static inline bool is_busted(const char *name)
{
	linkset_for_each (busted_case, b)
		if (!strcmp(b->name, name))
			return true;
	return false;
}

#endif
