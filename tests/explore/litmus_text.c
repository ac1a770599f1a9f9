// SPDX-License-Identifier: GPL-2.0
/* The text of a .litmus file as tokens. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "litmus_file.h"
#include "litmus_x86.h"

#define FILE_MAX (1 << 20)

void lm_error(const struct lm_file *f, const char *at, const char *fmt, ...)
{
	unsigned line = 1;
	char text[300];
	va_list ap;

	while (isspace((unsigned char)*at))
		at++;
	for (const char *c = f->text; c < at && *c; c++)
		line += *c == '\n';
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* What is quoted from the file may span lines. */
	for (char *c = text; *c; c++)
		*c = iscntrl((unsigned char)*c) ? ' ' : *c;
	fprintf(stderr, "litmus: %s:%u: %s\n", f->path, line, text);
	exit(2);
}

static void unreadable(const char *path, const char *why)
{
	fprintf(stderr, "litmus: %s: %s\n", path, why);
	exit(2);
}

char *lm_load(const char *path)
{
	char *text = malloc(FILE_MAX + 1);
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f || !text)
		unreadable(path, f ? "no memory" : strerror(errno));
	n = fread(text, 1, FILE_MAX + 1, f);
	if (ferror(f))
		unreadable(path, strerror(errno));
	fclose(f);
	if (n > FILE_MAX)
		unreadable(path, "more than a megabyte: no litmus test");
	text[n] = 0;
	if (strlen(text) != n)
		unreadable(path, "a byte is 0: no text");
	return text;
}

/* Blank comments: (* they may be (* nested *), as in herdtools *). Not within quotes. */
void lm_blank_comments(struct lm_file *f)
{
	unsigned depth = 0;
	char *open = NULL;
	bool quoted = false;

	for (char *c = f->text; *c; c++) {
		quoted ^= !depth && *c == '"';
		quoted &= *c != '\n';
		if (!quoted && c[0] == '(' && c[1] == '*') {
			open = depth++ ? open : c;
			*c++ = ' ';
		} else if (depth && c[0] == '*' && c[1] == ')') {
			depth--;
			*c++ = ' ';
			*c = ' ';
			continue;
		}
		if (depth && *c != '\n')
			*c = ' ';
	}
	if (!depth)
		return;
	*open = '('; /* where the line is counted to */
	lm_error(f, open, "a comment without an end");
}

char lm_peek(struct lm_reader *r)
{
	while (isspace((unsigned char)*r->at))
		r->at++;
	return *r->at;
}

bool lm_eat(struct lm_reader *r, const char *token)
{
	lm_peek(r);
	if (strncmp(r->at, token, strlen(token)))
		return false;
	r->at += strlen(token);
	return true;
}

void lm_expect(struct lm_reader *r, const char *token, const char *where)
{
	if (!lm_eat(r, token))
		lm_error(r->file, r->at, "%s is expected %s: %.20s", token, where,
			 *r->at ? r->at : "(end)");
}

static size_t word_length(const char *at)
{
	size_t n = 0;

	if (isalpha((unsigned char)*at) || *at == '_')
		while (isalnum((unsigned char)at[n]) || at[n] == '_' || at[n] == '.')
			n++;
	return n;
}

bool lm_word(struct lm_reader *r, char *to)
{
	size_t n;

	lm_peek(r);
	n = word_length(r->at);
	if (n >= LM_NAME)
		lm_error(r->file, r->at, "a name of more than %d bytes: %.20s...", LM_NAME - 1,
			 r->at);
	memcpy(to, r->at, n);
	to[n] = 0;
	r->at += n;
	return n;
}

bool lm_eat_word(struct lm_reader *r, const char *word)
{
	lm_peek(r);
	if (word_length(r->at) != strlen(word) || strncasecmp(r->at, word, strlen(word)))
		return false;
	r->at += strlen(word);
	return true;
}

bool lm_number(struct lm_reader *r, u64 *to)
{
	bool minus;
	char *end;

	lm_peek(r);
	minus = *r->at == '-';
	if (!isdigit((unsigned char)r->at[minus]))
		return false;
	errno = 0;
	*to = strtoull(r->at + minus, &end,
		       r->at[minus] == '0' && (r->at[minus + 1] | 32) == 'x' ? 16 : 10);
	if (errno || (minus && *to > 1ULL << 63) || isalnum((unsigned char)*end) || *end == '_')
		lm_error(r->file, r->at, "not a number of 64 bits: %.20s", r->at);
	if (minus)
		*to = -*to;
	r->at = end;
	return true;
}

bool lm_fits(u64 val, unsigned size)
{
	u64 mask = lm_mask(size);

	return !(val & ~mask) || (val | mask >> 1) == ~0ULL;
}
