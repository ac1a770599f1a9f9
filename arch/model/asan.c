/* SPDX-License-Identifier: GPL-2.0 */
/*
 * See asan.h. Poisoned is what has been freed; frames that nobody has had yet are not.
 *
 * Stacks are not checked (asan-stack=0, model.mk): a schedule begins with stacks put back
 * and their shadow as the last one has left it. Nor are the model's page walkers, user loads
 * and stores: hardware does use frames that are free, and the oracles say when. Nor memcpy() and memcmp() on the host
 * (replace_intrin=0, intercept_memcmp=0): a snapshot copies what lies between variables too.
 */
#include "asan.h"
#include "model.h"
#include <kernel/string.h>
#include <asm/page.h>

/* From libasan, which only that build is linked with. */
void __asan_poison_memory_region(void const volatile *addr, size_t size) __weak;
void __asan_unpoison_memory_region(void const volatile *addr, size_t size) __weak;
void *__asan_region_is_poisoned(void *addr, size_t size) __weak;
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0:replace_intrin=0:intercept_memcmp=0:detect_stack_use_after_return=0:exitcode=70";
}

const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1:exitcode=70";
}

/*
 * Called in front of what does not return: libasan's would clean the shadow of the stack that
 * it takes this to be. Coroutines run on others, whose shadow is always clean.
 */
void __asan_handle_no_return(void);
void __asan_handle_no_return(void)
{
}

#define MAX_FRAMES 1024
static struct {
	bool free, first; /* now, and when the schedule began */
	bool changed;
} frames[MAX_FRAMES];
static unsigned long changed[MAX_FRAMES];
static unsigned int nr_changed;

static void set(unsigned long pfn, bool free)
{
	frames[pfn].free = free;
	if (free)
		__asan_poison_memory_region(__va(PFN_PHYS(pfn)), PAGE_SIZE);
	else
		__asan_unpoison_memory_region(__va(PFN_PHYS(pfn)), PAGE_SIZE);
}

void __model_asan_frames(unsigned long pfn, unsigned int order, bool free)
{
	for (unsigned long i = pfn; i < pfn + (1UL << order) && i < MAX_FRAMES; i++) {
		if (!machine.exploring)
			frames[i].first = free;
		else if (!frames[i].changed)
			changed[nr_changed++] = i;
		frames[i].changed = machine.exploring;
		set(i, free);
	}
}

void __model_asan_restore(void)
{
	while (nr_changed) {
		unsigned long pfn = changed[--nr_changed];

		frames[pfn].changed = false;
		set(pfn, frames[pfn].first);
	}
}

/* The kernel's own, by name (model.mk): the access that is wrong is made here, and reported. */
void *asan_memset(void *p, int c, size_t size);
void *asan_memset(void *p, int c, size_t size)
{
	volatile char *bad = __asan_region_is_poisoned(p, size);

	if (bad)
		*bad = (char)c;
	return memset(p, c, size);
}

void *asan_memcpy(void *to, const void *from, size_t size);
void *asan_memcpy(void *to, const void *from, size_t size)
{
	volatile char *read = __asan_region_is_poisoned((void *)from, size);
	volatile char *written = __asan_region_is_poisoned(to, size);

	if (read)
		(void)*read;
	if (written)
		*written = 0;
	return memcpy(to, from, size);
}
