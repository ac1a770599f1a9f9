/* SPDX-License-Identifier: GPL-2.0 */
/*
 * See asan.h. A report about the kernel is a verdict of the schedule, which ends with the current
 * step. A report about the host's side, or a fault, ends the process (model.mk, exitcode).
 *
 * Freed frames are poisoned. Frames that were never allocated are not.
 *
 * Not checked:
 *  - stacks (asan-stack=0, model.mk): a schedule begins with stacks put back, but with their
 *    shadow as the previous schedule has left it;
 *  - page walkers, user loads and stores of the model: hardware may use free frames, and the
 *    oracles judge that;
 *  - memcpy() and memcmp() on the host (replace_intrin=0, intercept_memcmp=0): a snapshot also
 *    copies the gaps between variables.
 */
#include "asan.h"
#include "host.h"
#include "model.h"
#include <kernel/string.h>
#include <asm/page.h>
#include <model/sanitizer.h>

/* From libasan, which only that build is linked with. */
void __asan_poison_memory_region(void const volatile *addr, size_t size) __weak;
void __asan_unpoison_memory_region(void const volatile *addr, size_t size) __weak;
void *__asan_region_is_poisoned(void *addr, size_t size) __weak;
unsigned long __asan_get_report_pc(void) __weak;
int __asan_get_report_access_type(void) __weak; /* 0: a read */
size_t __asan_get_report_access_size(void) __weak;
const char *__asan_get_report_description(void) __weak;
/* From libubsan. */
void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file,
				     unsigned int *line, unsigned int *column,
				     char **address) __weak;

/* A report each time, not only the first time at each place: schedules are run again. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "halt_on_error=0:suppress_equal_pcs=0:detect_leaks=0:replace_intrin=0:intercept_memcmp=0:"
	       "detect_stack_use_after_return=0:exitcode=70";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1:exitcode=70";
}

static bool told;
static const void *caller; /* of asan_memset() or asan_memcpy() */

void model_sanitizer_told(void)
{
	told = true;
}

/* Called before a report is printed. Only the first one is. */
static void only_once(void)
{
	if (told)
		host_quiet();
	told = true;
}

/* Called by libasan. */
void __asan_on_error(void);
void __asan_on_error(void)
{
	unsigned long pc = caller ? (unsigned long)caller - 1 : __asan_get_report_pc();

	only_once();
	model_fail("sanitizer: CPU%u: %s, %s of size %zu, " HOST_AT, machine.cpu,
		   __asan_get_report_description(),
		   __asan_get_report_access_type() ? "write" : "read",
		   __asan_get_report_access_size(), pc);
}

/* And by libubsan. */
void __ubsan_on_report(void);
void __ubsan_on_report(void)
{
	const char *kind, *message, *file;
	unsigned int line, column;
	char *address;

	only_once();
	__ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
	model_fail("sanitizer: CPU%u: %s, %s:%u", machine.cpu, message, file, line);
}

/*
 * Called before functions that do not return. libasan's version would clear the shadow of the
 * process's stack. Coroutines run on other stacks, whose shadow is always clear.
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

void asan_frames(unsigned long pfn, unsigned int order, bool free)
{
	unsigned long end = CONFIG_MODEL_ASAN ? pfn + (1UL << order) : 0;

	for (unsigned long i = pfn; i < end && i < MAX_FRAMES; i++) {
		if (!machine.exploring)
			frames[i].first = free;
		else if (!frames[i].changed)
			changed[nr_changed++] = i;
		frames[i].changed = machine.exploring;
		set(i, free);
	}
}

void asan_restore(void)
{
	while (nr_changed) {
		unsigned long pfn = changed[--nr_changed];

		frames[pfn].changed = false;
		set(pfn, frames[pfn].first);
	}
}

/*
 * For the kernel's memset() and memcpy(), renamed by model.mk. If an access is bad, one of its
 * bytes is accessed here first, so that it is reported.
 */
void *asan_memset(void *p, int c, size_t size);
void *asan_memset(void *p, int c, size_t size)
{
	volatile char *bad = __asan_region_is_poisoned(p, size);

	caller = __builtin_return_address(0);
	if (bad)
		*bad = (char)c;
	caller = NULL;
	return memset(p, c, size);
}

void *asan_memcpy(void *to, const void *from, size_t size);
void *asan_memcpy(void *to, const void *from, size_t size)
{
	volatile char *read = __asan_region_is_poisoned((void *)from, size);
	volatile char *written = __asan_region_is_poisoned(to, size);

	caller = __builtin_return_address(0);
	if (read)
		(void)*read;
	if (written)
		*written = 0;
	caller = NULL;
	return memcpy(to, from, size);
}
