/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: one splitter for all readers. */
#include <kernel/ktest.h>
#include <kernel/param.h>
#include <kernel/string.h>

static const char *word_of(const char *line, unsigned int n, size_t *len)
{
	const char *word = NULL;

	for (unsigned int i = 0; i <= n; i++)
		word = cmdline_word(&line, len);
	return word;
}

KTEST(param, words_end_at_any_white_space)
{
	static const char *const lines[] = {
		"a=1 b=22 c",	  "  a=1   b=22  c  ",	  "a=1\tb=22\tc",
		"a=1\nb=22\r\nc", "\v\fa=1\f\vb=22\nc\n",
	};
	static const char *const want[] = {"a=1", "b=22", "c"};
	size_t len;

	for (unsigned int l = 0; l < ARRAY_SIZE(lines); l++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(want); i++) {
			const char *word = word_of(lines[l], i, &len);

			KASSERT(t, word);
			KEXPECT_EQ(t, len, strlen(want[i]));
			KEXPECT(t, !strncmp(word, want[i], len));
		}
		KEXPECT(t, !word_of(lines[l], 3, &len));
		KEXPECT(t, !word_of(lines[l], 4, &len)); /* and again: it stays at the end */
	}
}

KTEST(param, nothing_is_no_word)
{
	size_t len;

	KEXPECT(t, !word_of("", 0, &len));
	KEXPECT(t, !word_of(" \t\n", 0, &len));
	KEXPECT(t, !word_of("\0x", 0, &len));
}

KTEST(param, quotes_are_characters)
{
	size_t len;

	KASSERT(t, word_of("a=\"b c\"", 0, &len));
	KEXPECT_EQ(t, len, 4);
	KASSERT(t, word_of("a=\"b c\"", 1, &len));
	KEXPECT_EQ(t, len, 2);
}

static const char *find(const char *line)
{
	static char buf[8];

	return cmdline_find(line, "opt", buf, sizeof(buf)) ? buf : "(none)";
}

KTEST(param, early_options_end_where_all_do)
{
	KEXPECT(t, !strcmp(find("opt=1\tother=2"), "1"));
	KEXPECT(t, !strcmp(find("other=2\nopt=1\r\n"), "1"));
	KEXPECT(t, !strcmp(find("opt=1 opt=2"), "2")); /* the last one, as parse_params() */
	KEXPECT(t, !strcmp(find("opt="), ""));
	KEXPECT(t, !strcmp(find("xopt=1 optx=2 opt other=opt=3"), "(none)"));
}

KTEST(param, no_part_of_a_long_value)
{
	KEXPECT(t, !strcmp(find("opt=1234567"), "1234567"));
	KEXPECT(t, !strcmp(find("opt=12345678"), "(none)"));
	KEXPECT(t, !strcmp(find("opt=1 opt=12345678"), "(none)"));
	KEXPECT(t, !strcmp(find("opt=12345678 opt=1"), "1"));
}
