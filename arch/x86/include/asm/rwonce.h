/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ASM_RWONCE_H
#define ASM_RWONCE_H

/*
 * Marked accesses to shared memory: exactly one load or store of an aligned
 * machine word, never torn, fused or invented. Every plain access to memory that
 * another CPU may write at the same time is a bug.
 */
#define READ_ONCE(x)	 (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

/*
 * A plain access with an intended data race: its value is checked again, or only printed. Expands
 * to the expression itself; the race detector of the model ignores it.
 */
#define data_race(expr)	 (expr)

#endif
