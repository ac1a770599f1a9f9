/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_DRIVE_H
#define KERNEL_DRIVE_H

#include <kernel/config.h>
#include <kernel/types.h>

/*
 * Hooks, beside sync_point(), for a controller that decides what each CPU does next
 * (tests/metal): where a CPU would wait or end, and its interrupts. NULL: there is no
 * controller. Absent without CONFIG_HOOKS.
 */
struct cpumask;

/**
 * struct drive - see the callers
 * @idle: this CPU has nothing to run; IRQs on. Called again and again
 * @taken: an interrupt or NMI has begun here, its handler has not. false: an interrupt, and
 *	   its handler is not to run
 * @sent: interrupts are about to be sent
 * @hold_nmi: NMIs are about to be sent. true: do not send them, the controller will
 * @event: observe() is about to record one
 * @panic: this CPU panics with @msg; need not return
 */
struct drive {
	void (*idle)(void);
	bool (*taken)(unsigned int vector);
	void (*sent)(const struct cpumask *mask, unsigned int vector);
	bool (*hold_nmi)(const struct cpumask *mask);
	void (*event)(unsigned int id);
	void (*panic)(const char *msg);
};

/* Set and reset while the driven CPUs do nothing that calls one of these. */
extern const struct drive *drive;
#define driven() (CONFIG_HOOKS && drive)

#endif
