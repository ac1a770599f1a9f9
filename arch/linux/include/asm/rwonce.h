/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_RWONCE_H
#define SHIM_RWONCE_H

/* Marked accesses are steps: as arch/model's <asm/rwonce.h>. */
#include <seam.h>
#include <asm-generic/rwonce.h>

#undef __READ_ONCE
#define __READ_ONCE(x) (*(const volatile __unqual_scalar_typeof(x) *)model_load(&(x), sizeof(x)))

#undef __WRITE_ONCE
#define __WRITE_ONCE(x, val)                            \
	do {                                            \
		__unqual_scalar_typeof(x) __wo = (val); \
		model_store(&(x), &__wo, sizeof(__wo)); \
	} while (0)

#endif
