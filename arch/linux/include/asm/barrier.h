/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_BARRIER_H
#define SHIM_BARRIER_H

/* A full barrier waits for the store buffer. On x86 the others only hold the compiler back. */
#include <seam.h>
#include <asm/alternative.h>
#include <asm/nops.h>

#define __mb()			      model_smp_mb()
#define __rmb()			      barrier()
#define __wmb()			      barrier()
#define __smp_mb()		      model_smp_mb()
#define __smp_rmb()		      barrier()
#define __smp_wmb()		      barrier()
#define __dma_rmb()		      barrier()
#define __dma_wmb()		      barrier()
#define __smp_mb__before_atomic()     barrier()
#define __smp_mb__after_atomic()      barrier()
#define smp_mb__after_switch_mm()     barrier() /* MOV to CR3 is serialising */
#define barrier_nospec()	      barrier() /* nothing speculates here */
#define array_index_mask_nospec(i, n) ((unsigned long)-((i) < (n)))

#define __smp_store_mb(var, val)           \
	do {                               \
		(void)xchg(&(var), (val)); \
	} while (0)
#define __smp_store_release(p, v)      \
	do {                           \
		barrier();             \
		WRITE_ONCE(*(p), (v)); \
	} while (0)
#define __smp_load_acquire(p)                        \
	({                                           \
		typeof(*(p)) __la = READ_ONCE(*(p)); \
		barrier();                           \
		__la;                                \
	})

#include <asm-generic/barrier.h>

#endif
