/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_COMPILER_H
#define KERNEL_COMPILER_H

#define likely(x)	    __builtin_expect(!!(x), 1)
#define unlikely(x)	    __builtin_expect(!!(x), 0)
#define __always_inline	    inline __attribute__((always_inline))
#define noinline	    __attribute__((noinline))
#define __noreturn	    __attribute__((noreturn))
#define __packed	    __attribute__((packed))
#define __aligned(n)	    __attribute__((aligned(n)))
#define __section(s)	    __attribute__((section(s)))
#define __used		    __attribute__((used))
#define __maybe_unused	    __attribute__((unused))
#define __weak		    __attribute__((weak))
#define __must_check	    __attribute__((warn_unused_result))
#define __printf(f, a)	    __attribute__((format(printf, f, a)))
#define __cacheline_aligned __aligned(64)

/*
 * What runs, or is read, between a flush and the next one: linker.ld packs it into as few
 * pages as it fits into, because after a flush each page costs a walk.
 */
#define __hot		    __attribute__((hot))
#define __cold		    __attribute__((cold))
#define __read_mostly	    __section(".data..read_mostly")

/* Function may be entered before, or below, what the hooks and the stack protector need. */
#define notrace		    __attribute__((no_instrument_function))

/*
 * The body stays as written: no loop in it becomes a call of memset() or of its like. To clang
 * -ffreestanding says so already.
 */
#if __has_attribute(optimize)
#define __no_libcall __attribute__((optimize("no-tree-loop-distribute-patterns")))
#else
#define __no_libcall
#endif

#define ARRAY_SIZE(a)			(sizeof(a) / sizeof((a)[0]))

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define min(a, b)                      \
	({                             \
		__auto_type __a = (a); \
		__auto_type __b = (b); \
		__a < __b ? __a : __b; \
	})
#define max(a, b)                      \
	({                             \
		__auto_type __a = (a); \
		__auto_type __b = (b); \
		__a > __b ? __a : __b; \
	})
#define min_t(t, a, b)	   min((t)(a), (t)(b))
#define max_t(t, a, b)	   max((t)(a), (t)(b))

#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define ALIGN(x, a)	   (((x) + ((typeof(x))(a)-1)) & ~((typeof(x))(a)-1))
#define ALIGN_DOWN(x, a)   ((x) & ~((typeof(x))(a)-1))
#define IS_ALIGNED(x, a)   (((x) & ((typeof(x))(a)-1)) == 0)
#define BIT(n)		   (1UL << (n))
#define __CONCAT2(a, b)	   a##b
#define __CONCAT(a, b)	   __CONCAT2(a, b)
#define __UNIQUE_ID(p)	   __CONCAT(p, __COUNTER__)
#define __STR2(x)	   #x
#define __STR(x)	   __STR2(x)
#define BUILD_BUG_ON(cond) _Static_assert(!(cond), "BUILD_BUG_ON: " #cond)

#endif
