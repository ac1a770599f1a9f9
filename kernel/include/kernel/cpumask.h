/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_CPUMASK_H
#define KERNEL_CPUMASK_H

#include <kernel/config.h>
#include <kernel/types.h>
#include <asm/bitops.h>

/*
 * Sets of CPUs, numbered 0 … nr_cpu_ids - 1 in the order of the MADT with the boot
 * CPU first. cpumask_set_cpu() and cpumask_clear_cpu() are atomic and full
 * barriers; the __ forms are for masks that only the caller sees.
 */
struct cpumask {
	unsigned long bits[BITS_TO_LONGS(CONFIG_NR_CPUS)];
};
typedef struct cpumask cpumask_t;

extern unsigned int nr_cpu_ids; /* CPUs that exist; fixed before the first AP starts */
extern struct cpumask cpu_online_mask; /* CPUs that came up; fixed after smp_init() */

/* Only words that can hold a CPU are looked at: a mask is 64 bytes, a machine mostly needs 8. */
#define CPUMASK_WORDS BITS_TO_LONGS(nr_cpu_ids)

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *m)
{
	set_bit(cpu, m->bits);
}

static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *m)
{
	clear_bit(cpu, m->bits);
}

static inline bool cpumask_test_and_clear_cpu(unsigned int cpu, struct cpumask *m)
{
	return test_and_clear_bit(cpu, m->bits);
}

static inline bool cpumask_test_cpu(unsigned int cpu, const struct cpumask *m)
{
	return test_bit(cpu, m->bits);
}

static inline void __cpumask_set_cpu(unsigned int cpu, struct cpumask *m)
{
	__set_bit(cpu, m->bits);
}

static inline void __cpumask_clear_cpu(unsigned int cpu, struct cpumask *m)
{
	__clear_bit(cpu, m->bits);
}

static inline void cpumask_clear(struct cpumask *m)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(CONFIG_NR_CPUS); i++)
		m->bits[i] = 0;
}

static inline void cpumask_copy(struct cpumask *dst, const struct cpumask *src)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(CONFIG_NR_CPUS); i++)
		dst->bits[i] = READ_ONCE(src->bits[i]);
}

static inline void cpumask_or(struct cpumask *dst, const struct cpumask *a, const struct cpumask *b)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(CONFIG_NR_CPUS); i++)
		dst->bits[i] = READ_ONCE(a->bits[i]) | READ_ONCE(b->bits[i]);
}

/* First CPU >= @cpu in @m, or a number >= nr_cpu_ids. */
static inline unsigned int cpumask_next_from(unsigned int cpu, const struct cpumask *m)
{
	for (unsigned int w = cpu / BITS_PER_LONG; w < CPUMASK_WORDS; w++) {
		unsigned long bits = READ_ONCE(m->bits[w]);

		if (w == cpu / BITS_PER_LONG)
			bits &= ~0UL << (cpu % BITS_PER_LONG);
		if (bits)
			return w * BITS_PER_LONG + (unsigned int)__builtin_ctzl(bits);
	}
	return CONFIG_NR_CPUS;
}

static inline unsigned int cpumask_first(const struct cpumask *m)
{
	return cpumask_next_from(0, m);
}

/* First CPU in @m other than @cpu, or a number >= nr_cpu_ids. */
static inline unsigned int cpumask_any_but(const struct cpumask *m, unsigned int cpu)
{
	unsigned int i = cpumask_first(m);

	return i == cpu ? cpumask_next_from(cpu + 1, m) : i;
}

static inline unsigned int cpumask_weight(const struct cpumask *m)
{
	unsigned int n = 0;

	for (unsigned int w = 0; w < CPUMASK_WORDS; w++)
		n += (unsigned int)__builtin_popcountl(READ_ONCE(m->bits[w]));
	return n;
}

static inline bool cpumask_empty(const struct cpumask *m)
{
	return cpumask_first(m) >= nr_cpu_ids;
}

static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b)
{
	for (unsigned int w = 0; w < CPUMASK_WORDS; w++)
		if (READ_ONCE(a->bits[w]) != READ_ONCE(b->bits[w]))
			return false;
	return true;
}

#define for_each_cpu(cpu, mask)                               \
	for ((cpu) = cpumask_first(mask); (cpu) < nr_cpu_ids; \
	     (cpu) = cpumask_next_from((cpu) + 1, mask))
#define for_each_online_cpu(cpu) for_each_cpu (cpu, &cpu_online_mask)

static inline unsigned int num_online_cpus(void)
{
	return cpumask_weight(&cpu_online_mask);
}

#endif
