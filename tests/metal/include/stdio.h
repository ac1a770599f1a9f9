/* SPDX-License-Identifier: GPL-2.0 */
#ifndef METAL_STDIO_H
#define METAL_STDIO_H

#include <stdarg.h>
#include <stddef.h>

/* As much of C's library as tests/explore needs, on the kernel: see libc.c. */
typedef struct metal_file FILE;
#define stdout ((FILE *)1)
#define stderr ((FILE *)2)

int fprintf(FILE *to, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int vfprintf(FILE *to, const char *fmt, va_list ap);
int fputc(int c, FILE *to);
int snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int sprintf(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
