/* SPDX-License-Identifier: GPL-2.0 */
#ifndef METAL_STDLIB_H
#define METAL_STDLIB_H

#include <stddef.h>

void *calloc(size_t n, size_t size);
void *aligned_alloc(size_t align, size_t size);
void free(void *p);
void exit(int status) __attribute__((noreturn));

#endif
