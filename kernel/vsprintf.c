/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Formatted text: %d %i %u %x %X %o %p %pS %s %c %%, the flags "-", "0", "#", "+" and
 * " ", width and precision as numbers or *, and the lengths hh h l ll z t. No floating
 * point: the kernel is built without its registers.
 */
#include <kernel/kallsyms.h>
#include <kernel/printk.h>
#include <kernel/string.h>

struct out {
	char *buf;
	size_t size, len; /* @len counts also what did not fit */
};

struct spec {
	bool left, zero, alt, plus, space;
	int width, precision; /* precision -1: none given */
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_string(struct out *o, const struct spec *sp, const char *s)
{
	int n = 0;

	if (!s)
		s = "(null)";
	while ((sp->precision < 0 || n < sp->precision) && s[n])
		n++;
	if (!sp->left)
		pad(o, ' ', sp->width - n);
	for (int i = 0; i < n; i++)
		put(o, s[i]);
	if (sp->left)
		pad(o, ' ', sp->width - n);
}

static void put_number(struct out *o, const struct spec *sp, u64 v, unsigned int base, bool upper,
		       bool negative)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char tmp[24], prefix[3];
	int n = 0, np = 0, zeros, total;
	bool nonzero = v != 0;

	do {
		tmp[n++] = digits[v % base];
		v /= base;
	} while (v);
	if (!sp->precision && !nonzero)
		n = 0; /* C11 7.21.6.1: zero with precision zero prints nothing */

	if (negative)
		prefix[np++] = '-';
	else if (sp->plus)
		prefix[np++] = '+';
	else if (sp->space)
		prefix[np++] = ' ';
	if (sp->alt && base == 16 && nonzero) {
		prefix[np++] = '0';
		prefix[np++] = upper ? 'X' : 'x';
	}

	zeros = max(sp->precision - n, 0);
	if (sp->alt && base == 8 && !zeros && nonzero)
		zeros = 1;
	if (sp->zero && !sp->left && sp->precision < 0)
		zeros = max(sp->width - np - n, zeros);
	total = np + zeros + n;

	if (!sp->left)
		pad(o, ' ', sp->width - total);
	for (int i = 0; i < np; i++)
		put(o, prefix[i]);
	pad(o, '0', zeros);
	while (n)
		put(o, tmp[--n]);
	if (sp->left)
		pad(o, ' ', sp->width - total);
}

/* %pS: function+0xoffset, or the bare address where no symbol covers it. */
static void put_symbol(struct out *o, const struct spec *sp, unsigned long addr)
{
	unsigned long offset;
	const char *name = kallsyms_lookup(addr, &offset);
	char buf[80];

	if (name)
		snprintf(buf, sizeof(buf), "%.60s+%#lx", name, offset);
	else
		snprintf(buf, sizeof(buf), "0x%016lx", addr);
	put_string(o, sp, buf);
}

static const char *parse_number(const char *f, int *n)
{
	*n = 0;
	while (*f >= '0' && *f <= '9')
		*n = *n * 10 + (*f++ - '0');
	return f;
}

static const char *parse_flags(const char *f, struct spec *sp)
{
	for (;; f++) {
		switch (*f) {
		case '-':
			sp->left = true;
			break;
		case '0':
			sp->zero = true;
			break;
		case '#':
			sp->alt = true;
			break;
		case '+':
			sp->plus = true;
			break;
		case ' ':
			sp->space = true;
			break;
		default:
			return f;
		}
	}
}

/* Bytes of the integer argument that the length modifier announces. */
static const char *parse_length(const char *f, int *bytes)
{
	*bytes = 4;
	if (f[0] == 'l' && f[1] == 'l') {
		*bytes = 8;
		return f + 2;
	}
	if (f[0] == 'h' && f[1] == 'h') {
		*bytes = 1;
		return f + 2;
	}
	switch (*f) {
	case 'l':
	case 'z':
	case 't':
		*bytes = 8;
		return f + 1;
	case 'h':
		*bytes = 2;
		return f + 1;
	}
	return f;
}

static u64 truncate(u64 v, int bytes, bool is_signed)
{
	switch (bytes) {
	case 1:
		return is_signed ? (u64)(s8)v : (u8)v;
	case 2:
		return is_signed ? (u64)(s16)v : (u16)v;
	case 4:
		return is_signed ? (u64)(s32)v : (u32)v;
	}
	return v;
}

int vsnprintf(char *buf, size_t size, const char *f, va_list ap)
{
	struct out o = {.buf = buf, .size = size};

	while (*f) {
		struct spec sp = {.precision = -1};
		const char *start = f;
		char one[2] = "";
		int bytes;
		u64 v;

		if (*f != '%') {
			put(&o, *f++);
			continue;
		}
		f = parse_flags(f + 1, &sp);
		if (*f == '*') {
			f++;
			sp.width = va_arg(ap, int);
			if (sp.width < 0) {
				sp.left = true;
				sp.width = -sp.width;
			}
		} else {
			f = parse_number(f, &sp.width);
		}
		if (*f == '.') {
			if (f[1] == '*') {
				f += 2;
				sp.precision = va_arg(ap, int);
			} else {
				f = parse_number(f + 1, &sp.precision);
			}
		}
		f = parse_length(f, &bytes);

		switch (*f++) {
		case 'd':
		case 'i':
			v = bytes == 8 ? va_arg(ap, u64) : va_arg(ap, u32);
			v = truncate(v, bytes, true);
			put_number(&o, &sp, (s64)v < 0 ? -v : v, 10, false, (s64)v < 0);
			break;
		case 'u':
		case 'x':
		case 'X':
		case 'o':
			v = bytes == 8 ? va_arg(ap, u64) : va_arg(ap, u32);
			sp.plus = sp.space = false;
			put_number(&o, &sp, truncate(v, bytes, false),
				   f[-1] == 'u'	  ? 10
				   : f[-1] == 'o' ? 8
						  : 16,
				   f[-1] == 'X', false);
			break;
		case 'p':
			v = (u64)va_arg(ap, void *);
			if (*f == 'S') {
				f++;
				put_symbol(&o, &sp, v);
				break;
			}
			sp.precision = 16;
			put_number(&o, &sp, v, 16, false, false);
			break;
		case 's':
			put_string(&o, &sp, va_arg(ap, const char *));
			break;
		case 'c':
			/* A NUL would end the text for every reader: show nothing. */
			one[0] = (char)va_arg(ap, int);
			put_string(&o, &sp, one);
			break;
		case '%':
			put(&o, '%');
			break;
		default:
			/* Unknown: show the directive itself, and do not walk past the end. */
			if (!f[-1])
				f--;
			while (start < f)
				put(&o, *start++);
			break;
		}
	}
	if (size)
		buf[min(o.len, size - 1)] = '\0';
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
