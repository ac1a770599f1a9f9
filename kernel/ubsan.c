/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What -fsanitize=undefined calls when it meets undefined behaviour: FLAVOUR=san. Each handler gets
 * the place first; what else it gets is not printed.
 *
 * Source: gcc's libsanitizer for the names and the layout; Linux lib/ubsan.c.
 */
#include <kernel/bug.h>
#include <kernel/panic.h>
#include <kernel/types.h>

struct ubsan_place {
	const char *file;
	u32 line, column;
};

#define DEFINE_HANDLER(name, what)                                                            \
	void __ubsan_handle_##name(const struct ubsan_place *at);                             \
	void __ubsan_handle_##name(const struct ubsan_place *at)                              \
	{                                                                                     \
		if (!panic_in_progress())                                                     \
			panic("UBSAN: " what " at %s:%u:%u", at->file, at->line, at->column); \
	}

DEFINE_HANDLER(shift_out_of_bounds, "a shift by too many bits, or of a negative number,")
DEFINE_HANDLER(divrem_overflow, "a division by zero, or one that overflows,")
DEFINE_HANDLER(out_of_bounds, "an array's index beyond its end")
DEFINE_HANDLER(type_mismatch_v1, "a null or misaligned pointer, or too small an object,")
DEFINE_HANDLER(load_invalid_value, "a bool or an enum that is none")
DEFINE_HANDLER(vla_bound_not_positive, "an array of no elements")
DEFINE_HANDLER(pointer_overflow, "a pointer that wraps round")
DEFINE_HANDLER(invalid_builtin, "a builtin of 0")
DEFINE_HANDLER(nonnull_arg, "a null argument")
DEFINE_HANDLER(builtin_unreachable, "code that cannot be reached")
