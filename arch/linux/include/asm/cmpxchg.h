/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_CMPXCHG_H
#define SHIM_CMPXCHG_H

/* Locked operations are steps. */
#include <linux/compiler.h>
#include <linux/types.h>
#include <seam.h>

#define arch_xchg(p, v)                                       \
	({                                                    \
		typeof(*(p)) __xv = (typeof(*(p)))(v);        \
		model_xchg((p), (void *)&__xv, sizeof(__xv)); \
		__xv;                                         \
	})

#define arch_try_cmpxchg(p, oldp, v)                                             \
	({                                                                       \
		typeof(*(p)) __cv = (typeof(*(p)))(v);                           \
		model_cmpxchg((p), (void *)(oldp), (void *)&__cv, sizeof(*(p))); \
	})

#define arch_cmpxchg(p, old, v)                          \
	({                                               \
		typeof(*(p)) __co = (typeof(*(p)))(old); \
		(void)arch_try_cmpxchg((p), &__co, (v)); \
		__co;                                    \
	})

#define arch_cmpxchg_local	 arch_cmpxchg
#define arch_cmpxchg64		 arch_cmpxchg
#define arch_cmpxchg64_local	 arch_cmpxchg
#define arch_sync_cmpxchg	 arch_cmpxchg
#define arch_try_cmpxchg_local	 arch_try_cmpxchg
#define arch_try_cmpxchg64	 arch_try_cmpxchg
#define arch_try_cmpxchg64_local arch_try_cmpxchg

#define xadd(p, i)		 ((typeof(*(p)))model_fetch(MODEL_ADD, (p), (unsigned long)(i), sizeof(*(p))))

/* Sixteen bytes: the allocators' fast paths, which are not explored. */
union __u128_halves {
	unsigned __int128 full;
	struct {
		u64 low, high;
	};
};
#define arch_cmpxchg128(p, old, v)           \
	({                                   \
		model_no_stub("cmpxchg128"); \
		(old);                       \
	})
#define arch_cmpxchg128_local arch_cmpxchg128
#define arch_try_cmpxchg128(p, oldp, v)      \
	({                                   \
		model_no_stub("cmpxchg128"); \
		false;                       \
	})
#define arch_try_cmpxchg128_local arch_try_cmpxchg128

#endif
