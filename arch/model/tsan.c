/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Our own runtime instead of libtsan: the functions that the compiler calls before each plain
 * access in code built with -fsanitize=thread (gcc's tsan.cc, sanitizer.def). Volatile accesses
 * call functions of their own (--param tsan-distinguish-volatile=1). They are part of marked
 * accesses, which access.c has already reported, so these functions are empty.
 */
#include "model.h"
#include "race.h"
#include <kernel/string.h>

void __tsan_init(void);
void __tsan_init(void)
{
}

#define CALLER __builtin_return_address(0)

#define PLAIN(name, size, kind)                     \
	void __tsan_##name(const void *p);          \
	void __tsan_##name(const void *p)           \
	{                                           \
		race_access(p, size, kind, CALLER); \
	}
#define VOLATILE(name)                     \
	void __tsan_##name(const void *p); \
	void __tsan_##name(const void *p)  \
	{                                  \
	}

#define ALIGNED(n)                     \
	PLAIN(read##n, n, 0)           \
	PLAIN(write##n, n, RACE_WRITE) \
	VOLATILE(volatile_read##n)     \
	VOLATILE(volatile_write##n)
#define UNALIGNED(n)                   \
	PLAIN(unaligned_read##n, n, 0) \
	PLAIN(unaligned_write##n, n, RACE_WRITE)

ALIGNED(1)
ALIGNED(2)
ALIGNED(4)
ALIGNED(8)
ALIGNED(16)
UNALIGNED(2)
UNALIGNED(4)
UNALIGNED(8)
UNALIGNED(16)

void __tsan_read_range(const void *p, size_t size);
void __tsan_read_range(const void *p, size_t size)
{
	race_access(p, size, 0, CALLER);
}

void __tsan_write_range(const void *p, size_t size);
void __tsan_write_range(const void *p, size_t size)
{
	race_access(p, size, RACE_WRITE, CALLER);
}

/* For the kernel's memset() and memcpy(), renamed by model.mk: the host's are not instrumented. */
void *race_memset(void *p, int c, size_t size);
void *race_memset(void *p, int c, size_t size)
{
	race_access(p, size, RACE_WRITE, CALLER);
	return memset(p, c, size);
}

void *race_memcpy(void *to, const void *from, size_t size);
void *race_memcpy(void *to, const void *from, size_t size)
{
	race_access(from, size, 0, CALLER);
	race_access(to, size, RACE_WRITE, CALLER);
	return memcpy(to, from, size);
}
