/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Accesses, checked: FLAVOUR=san. See <kernel/kasan.h>.
 *
 * gcc's -fsanitize=kernel-address, with a call for each check: __asan_load8_noabort(address) and
 * the like. Two shadows, since what can go wrong differs:
 *
 *	RAM, by its direct map	a byte for each page: 0, or POISON while the allocator has it
 *	the image		a byte for each 8 bytes: 0, POISON, or how many of them belong to
 *				a variable; gcc leaves a gap after each and registers both
 *
 * What this file cannot see: an access by assembly or by a CPU's page walker, two objects
 * in one page, stacks (guard pages and the stack protector watch those).
 *
 * Source: gcc's libsanitizer for the names and layouts; Linux Documentation/dev-tools/kasan.rst.
 */
#include <kernel/bug.h>
#include <kernel/job.h>
#include <kernel/kasan.h>
#include <kernel/memblock.h>
#include <kernel/panic.h>
#include <kernel/string.h>
#include <asm/page.h>
#include <asm/setup.h>

#define POISON 0xff
#define SCALE  8UL

extern char _data[], _end[], _text[];
typedef void (*ctor_t)(void);
extern const ctor_t __init_array_start[], __init_array_end[];

/* Written under zone_lock for the pages concerned, and before other CPUs run; read by all. */
static u8 *pages; /* [nr_pages]; NULL until there is one */
static unsigned long nr_pages;
static u8 *image; /* of [_data, _end) */
static bool reported;

/* The layout is gcc's. */
struct kasan_global {
	const char *start;
	size_t size, size_with_redzone;
	const char *name, *module;
	unsigned long has_dynamic_init;
	const void *location, *odr_indicator;
};
void __asan_register_globals(struct kasan_global *g, size_t n);
void __asan_unregister_globals(struct kasan_global *g, size_t n);
void __asan_handle_no_return(void);

static void report(unsigned long addr, size_t size, bool write, const char *what, unsigned long ip)
{
	if (reported || panic_in_progress())
		return;
	reported = true;
	panic("KASAN: %s %zu bytes at %#lx, %s, by %pS", write ? "store of" : "load of", size, addr,
	      what, (void *)ip);
}

/* By shadow bytes: an access ends somewhere in the last of its 8-byte units, and fills the others. */
static const char *fault_of_image(unsigned long addr, size_t size)
{
	unsigned long first = addr - (unsigned long)_data, last = first + size - 1;

	for (unsigned long unit = first / SCALE; unit <= last / SCALE; unit++) {
		unsigned long byte = unit == last / SCALE ? last % SCALE : SCALE - 1;

		if (unlikely(image[unit] && (image[unit] == POISON || byte >= image[unit])))
			return "beyond the end of a variable";
	}
	return NULL;
}

static const char *fault_of_ram(unsigned long addr, size_t size)
{
	unsigned long first = PFN_DOWN(addr - PAGE_OFFSET);
	unsigned long last = PFN_DOWN(addr + size - 1 - PAGE_OFFSET);

	for (unsigned long pfn = first; pfn <= last && pfn < nr_pages; pfn++)
		if (pages[pfn])
			return "in a page that is free";
	return NULL;
}

static void check(unsigned long addr, size_t size, bool write, unsigned long ip)
{
	const char *what = NULL;

	if (!pages || !size)
		return;
	if (addr >= (unsigned long)_data && addr + size <= (unsigned long)_end)
		what = fault_of_image(addr, size);
	else if (addr >= PAGE_OFFSET && addr < (unsigned long)_text)
		what = fault_of_ram(addr, size);
	if (unlikely(what))
		report(addr, size, write, what, ip);
}

#define DEFINE_CHECK(name, size, write)                                               \
	void __asan_##name##_noabort(unsigned long addr);                             \
	void __asan_##name##_noabort(unsigned long addr)                              \
	{                                                                             \
		check(addr, size, write, (unsigned long)__builtin_return_address(0)); \
	}
#define DEFINE_CHECKS(size)                   \
	DEFINE_CHECK(load##size, size, false) \
	DEFINE_CHECK(store##size, size, true)
DEFINE_CHECKS(1)
DEFINE_CHECKS(2)
DEFINE_CHECKS(4)
DEFINE_CHECKS(8)
DEFINE_CHECKS(16)

#define DEFINE_CHECK_N(name, write)                                                   \
	void __asan_##name##_noabort(unsigned long addr, size_t size);                \
	void __asan_##name##_noabort(unsigned long addr, size_t size)                 \
	{                                                                             \
		check(addr, size, write, (unsigned long)__builtin_return_address(0)); \
	}
DEFINE_CHECK_N(loadN, false)
DEFINE_CHECK_N(storeN, true)

/* A stack is about to be left as a whole: it has no shadow here. */
void __asan_handle_no_return(void)
{
}

static void set_image(unsigned long from, unsigned long to, u8 value)
{
	memset(&image[(from - (unsigned long)_data) / SCALE], value, (to - from) / SCALE);
}

/* Read-only variables are not in [_data, _end): a store to them faults by itself. */
void __asan_register_globals(struct kasan_global *g, size_t n)
{
	for (; n--; g++) {
		unsigned long start = (unsigned long)g->start, end = start + g->size;
		unsigned long full = end & ~(SCALE - 1);

		if (start < (unsigned long)_data || start >= (unsigned long)_end)
			continue;
		if (end % SCALE)
			set_image(full, full + SCALE, (u8)(end % SCALE));
		set_image(ALIGN(end, SCALE), start + g->size_with_redzone, POISON);
	}
}

void __asan_unregister_globals(struct kasan_global *g, size_t n)
{
}

static void set_pages(unsigned long pfn, unsigned int order, u8 value)
{
	for (unsigned long i = pfn; pages && i < pfn + (1UL << order) && i < nr_pages; i++)
		pages[i] = value;
}

void __kasan_poison_pages(unsigned long pfn, unsigned int order)
{
	set_pages(pfn, order, POISON);
}

void __kasan_unpoison_pages(unsigned long pfn, unsigned int order)
{
	set_pages(pfn, order, 0);
}

/* Before the page allocator takes what is left of memblock's memory. */
static void kasan_init(void)
{
	u8 *shadow;

	image = memblock_alloc_or_die((size_t)(_end - _data) / SCALE, PAGE_SIZE,
				      "KASAN's shadow of the image");
	nr_pages = PFN_UP(memblock_end());
	shadow = memblock_alloc_or_die(nr_pages, PAGE_SIZE, "KASAN's shadow of RAM");
	for (const ctor_t *c = __init_array_start; c < __init_array_end; c++)
		(*c)();
	pages = shadow; /* from here on accesses are checked; other CPUs idle until the job */
}
INITCALL(-2, kasan_init);
