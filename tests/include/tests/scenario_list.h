/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_LIST_H
#define TESTS_SCENARIO_LIST_H

#include <stddef.h>
#include <kernel/types.h>

/* Scenarios and cases, as someone sees them who cannot include the kernel's headers. */
struct scenario;
struct scenario_case;
struct model_config;

struct scenario_info {
	const char *name, *help;
};
struct scenario_expect {
	bool never; /* else sometimes */
	const char *oracle;
	int useful; /* 0 not asked, 1 in no schedule, 2 in some */
};

void scenario_info(const struct scenario *s, struct scenario_info *info);
const struct scenario_case *scenario_nth_case(const struct scenario *s, unsigned int n);
void scenario_case_name(const struct scenario *s, const struct scenario_case *c, char *buf,
			size_t size);
void scenario_expectation(const struct scenario_case *c, struct scenario_expect *e);
bool scenario_slow(const struct scenario_case *c);
void scenario_config(const struct scenario *s, const struct scenario_case *c,
		     struct model_config *config);

#endif
