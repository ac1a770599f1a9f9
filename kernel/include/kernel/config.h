/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_CONFIG_H
#define KERNEL_CONFIG_H

/*
 * Every compile-time knob, in one place, always defined, as 0, 1 or a number.
 * Code says "if (CONFIG_X)", so that every branch is compiled in every flavour.
 * A flavour overrides with -DCONFIG_X=... (see the flavours in the Makefile);
 * whatever does not change code generation is a command-line option instead.
 */

/* sync_point() and observe() call out. 0: they are nothing. */
#ifndef CONFIG_HOOKS
#define CONFIG_HOOKS 1
#endif

/* VM_BUG_ON(), page-table and reference-count invariants. */
#ifndef CONFIG_DEBUG_VM
#define CONFIG_DEBUG_VM 1
#endif

/* lockdep_assert_*(), might_sleep(), and the owner of a lock: checks of a function's context. */
#ifndef CONFIG_LOCKDEP
#define CONFIG_LOCKDEP 1
#endif

/* Lock order at run time: kernel/lockrank.c, and the owners that kernel/spinlock.c keeps for it. */
#ifndef CONFIG_PROVE_LOCKING
#define CONFIG_PROVE_LOCKING 1
#endif

/* CPUs that fit into a struct cpumask. */
#ifndef CONFIG_NR_CPUS
#define CONFIG_NR_CPUS 512
#endif

/* Events that each CPU's ring remembers; a power of two. */
#ifndef CONFIG_EVENT_RING
#define CONFIG_EVENT_RING 512
#endif

/* The model looks for data races (arch/model/race.h); its kernel objects are instrumented. */
#ifndef CONFIG_MODEL_RACES
#define CONFIG_MODEL_RACES 0
#endif

/* The model is built with AddressSanitizer and UBSan (arch/model/asan.h). */
#ifndef CONFIG_MODEL_ASAN
#define CONFIG_MODEL_ASAN 0
#endif

/* Bits of an address that index a table of the model (arch/model); 9 for Linux's own tables. */
#ifndef CONFIG_MODEL_INDEX_BITS
#define CONFIG_MODEL_INDEX_BITS 1
#endif

/* kernel/kasan.c: accesses are checked (FLAVOUR=san). */
#ifndef CONFIG_KASAN
#define CONFIG_KASAN 0
#endif

/* Timer ticks a second, on every CPU. */
#ifndef CONFIG_HZ
#define CONFIG_HZ 100
#endif

#endif
