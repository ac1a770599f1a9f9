/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_IRQ_H
#define MODEL_IRQ_H

#include "model.h"

struct cpumask;

/* Pending interrupts, as their vectors: the highest is taken first (SDM vol. 3A 11.8.4). */
#define PEND_TIMER   BIT(0)
#define PEND_CALL    BIT(1)
#define PEND_RESCHED BIT(2)
extern u32 irq_pending; /* of each CPU, by hw_state() */

/* The step that sends interrupts to all of @mask; @obj: what it writes of each of these CPUs. */
void irq_send(const struct cpumask *mask, enum model_object obj);
void iret(struct mcpu *c, bool iflag);
/* Can an interrupt come before the next step, apart from IF? It waits for the store buffer. */
bool interruptible(unsigned int cpu);
bool irq_turns(void);
unsigned int add_drained(struct model_acc *acc, unsigned int n, unsigned int cpu);

/* nmi.c */
bool nmi_pending(unsigned int cpu);
bool nmi_handled(unsigned int cpu); /* its handler runs */

/* timer.c: may it fire again? */
bool timer_left(unsigned int cpu);

#endif
