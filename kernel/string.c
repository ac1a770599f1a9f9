/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory and strings. The compiler itself calls the first four, so it must not turn
 * their loops back into calls of themselves.
 */
#include <kernel/compiler.h>
#include <kernel/errno.h>
#include <kernel/string.h>

/* Eight bytes of whatever type is there, at any alignment. */
typedef u64 __attribute__((may_alias, aligned(1))) word_t;

__no_libcall void *memset(void *s, int c, size_t n)
{
	u64 v = (u8)c * 0x0101010101010101ULL;
	u8 *p = s;

	for (; n >= 32; n -= 32, p += 32) {
		((word_t *)p)[0] = v;
		((word_t *)p)[1] = v;
		((word_t *)p)[2] = v;
		((word_t *)p)[3] = v;
	}
	while (n--)
		*p++ = (u8)c;
	return s;
}

/*
 * Eight loads, then eight stores. Copying a huge page, source and destination have the same
 * place in a direct-mapped TLB, as TCG's is; each change from one to the other is a miss.
 */
__no_libcall void *memcpy(void *d, const void *s, size_t n)
{
	const u8 *q = s;
	u8 *p = d;

	for (; n >= 64; n -= 64, p += 64, q += 64) {
		const word_t *from = (const word_t *)q;
		word_t *to = (word_t *)p;
		u64 w0 = from[0], w1 = from[1], w2 = from[2], w3 = from[3];
		u64 w4 = from[4], w5 = from[5], w6 = from[6], w7 = from[7];

		to[0] = w0, to[1] = w1, to[2] = w2, to[3] = w3;
		to[4] = w4, to[5] = w5, to[6] = w6, to[7] = w7;
	}
	while (n--)
		*p++ = *q++;
	return d;
}

__no_libcall void *memmove(void *d, const void *s, size_t n)
{
	const u8 *q = s;
	u8 *p = d;

	/* Forwards is right wherever the destination does not start inside the source. */
	if ((unsigned long)d - (unsigned long)s >= n) {
		while (n--)
			*p++ = *q++;
	} else {
		while (n--)
			p[n] = q[n];
	}
	return d;
}

__no_libcall int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	/* As long as they are the same, words do; which byte differs is seen below. */
	for (; n >= 64; n -= 64, p += 64, q += 64) {
		const word_t *x = (const word_t *)p, *y = (const word_t *)q;

		if ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4]) |
		    (x[5] ^ y[5]) | (x[6] ^ y[6]) | (x[7] ^ y[7]))
			break;
	}
	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

__no_libcall size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (!*a)
			break;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

long strscpy(char *d, const char *s, size_t n)
{
	size_t i = 0;

	if (!n)
		return -E2BIG;
	for (; i < n - 1 && s[i]; i++)
		d[i] = s[i];
	d[i] = '\0';
	return s[i] ? -E2BIG : (long)i;
}
