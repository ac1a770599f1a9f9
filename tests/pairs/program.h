/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PAIRS_PROGRAM_H
#define PAIRS_PROGRAM_H

#include <tests/pairs.h>

/* Inside tests/pairs: a program that was parsed, and the operations by name. */
struct program {
	const struct op *op[PROGRAM_CPUS][PROGRAM_OPS]; /* NULL: no more of that CPU */
};

const struct op *op_nth(unsigned int n); /* by name; NULL past the last */
const char *program_parse(const char *name, struct program *p); /* NULL, or what is wrong */
void program_spell(const struct program *p, char *name); /* PROGRAM_NAME */
const char *program_invalid(const struct program *p); /* NULL, or why it makes no sense */
unsigned int program_mm(const struct program *p, unsigned int cpu); /* of its thread, or NO_MM */

extern const struct scenario_case program_cases[], program_cases_no_reuse[];

void bury_setup(void); /* before the world */

/*
 * One operation runs, and no other is under way, in an order of whole operations; NULL: another one
 * has begun. At its end what it declares is compared with what it held. @first: none has run before.
 */
void locks_begin(const struct op *op);
void locks_end(bool first);

#endif
