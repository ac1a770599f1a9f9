/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_RAND_H
#define KERNEL_RAND_H

#include <kernel/types.h>

/*
 * Seeded pseudo-random numbers (xorshift64*; nothing here is secret). One state per
 * user, derived from the run's seed and a stream number: same seed, same choices.
 */
struct rand {
	u64 s;
};

extern u64 rand_seed; /* seed=, or 0 until main() has chosen one from the TSC */

static inline u64 rand_next(struct rand *r)
{
	u64 x = r->s;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	r->s = x;
	return x * 0x2545f4914f6cdd1dULL;
}

/* Uniform enough in [0, n), n > 0. */
static inline u32 rand_below(struct rand *r, u32 n)
{
	return (u32)(((rand_next(r) >> 32) * n) >> 32);
}

/* Stream @stream of the run's seed: splitmix64, so that streams are unrelated. */
static inline void rand_init(struct rand *r, u64 stream)
{
	u64 z = rand_seed + (stream + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	r->s = (z ^ (z >> 31)) | 1;
}

#endif
