/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPLORE_LITMUS_FILE_H
#define EXPLORE_LITMUS_FILE_H

#include "litmus_outcome.h"

/*
 * herdtools' .litmus files for x86: X86, operands in Intel's order (destination first), and
 * X86_64, in AT&T's. What cannot be read is an error with file and line, and status 2: nothing
 * is guessed. README.md lists what can be read.
 */
#define LM_NAME	  64 /* bytes of a name, the 0 at its end included */
#define LM_LABELS 64
#define LM_PLACES 64 /* that are shown */

struct lm_options {
	enum xp_reduce reduce;
	double seconds;
	bool sc;
};

/* @declared, @accessed: bytes, 0: not known */
struct lm_var {
	char name[LM_NAME];
	u8 declared, accessed;
	bool is_unsigned;
};

enum lm_quantifier { LM_FORALL, LM_EXISTS, LM_NOT_EXISTS };

struct lm_label {
	char name[LM_NAME];
	unsigned thread, at;
	const char *where; /* in the text */
};

struct lm_file {
	const char *path;
	char *text; /* comments are blanks */
	char name[LM_NAME];
	bool att;
	bool pointers; /* at least one value is an address */
	struct lm_program prog;
	unsigned nr_vars, nr_labels, nr_jumps, nr_places;
	struct lm_var var[LM_VARS];
	struct lm_label label[LM_LABELS], jump[LM_LABELS]; /* a jump is at @at, to @name */
	enum lm_quantifier quantifier;
	struct lm_prop *filter, *cond;
	struct lm_place place[LM_PLACES]; /* registers by thread, then variables by name */
};

/* The position of the reader in the text. */
struct lm_reader {
	struct lm_file *file;
	const char *at;
};

/* litmus_text.c; blanks before a token are skipped */
void lm_error(const struct lm_file *f, const char *at, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
char *lm_load(const char *path);
void lm_blank_comments(struct lm_file *f);
char lm_peek(struct lm_reader *r);
bool lm_eat(struct lm_reader *r, const char *token);
void lm_expect(struct lm_reader *r, const char *token, const char *where);
bool lm_eat_word(struct lm_reader *r, const char *word);
bool lm_word(struct lm_reader *r, char *to); /* a name, at most LM_NAME; false: none */
bool lm_number(struct lm_reader *r, u64 *to);
bool lm_fits(u64 val, unsigned size); /* as a signed or as an unsigned number */

/* litmus_names.c */
bool lm_register(const char *name, u8 *index, u8 *size);
unsigned lm_var_index(struct lm_reader *r, const char *name); /* a new one, if need be */
bool lm_thread_colon(struct lm_reader *r, unsigned *thread); /* 0: or P0: */
void lm_thread_register(struct lm_reader *r, unsigned thread, struct lm_place *to);
unsigned lm_var_size(const struct lm_file *f, unsigned var);
void lm_print_place(const struct lm_file *f, const struct lm_place *p, FILE *to);
void lm_print_value(const struct lm_file *f, const struct lm_place *p, u64 val, FILE *to);

/* litmus_file.c: @text, which is changed and must stay; @path is for messages */
void lm_read_test(const char *path, char *text, struct lm_file *f);

/* litmus_x86.c, litmus_lower.c: one instruction, which ends at @end */
void lm_instruction(struct lm_reader *r, unsigned thread, const char *end);

/* litmus_size.c: jumps and sizes, once all is read */
void lm_resolve(struct lm_file *f);

/* litmus_cond.c: `locations`, `filter` and the final condition, to the end of the text */
void lm_read_final(struct lm_reader *r);
bool lm_holds(const struct lm_prop *c, const struct lm_world *w);
void lm_print_prop(const struct lm_file *f, const struct lm_prop *c, FILE *to);

/* litmus_herd.c. Return: the status to exit with */
int lm_files(char **names, int nr, const struct lm_options *opt);

#endif
