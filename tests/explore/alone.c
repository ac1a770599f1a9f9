/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hardware choices without a kernel, a scenario or a search: a store buffer, an interrupt and a
 * timer, by what each says for itself.
 */
#include "irq.h"
#include "proc.h"
#include "store_buffer.h"
#include <kernel/printk.h>
#include <tests/scenario.h>
#include <tests/scenario_run.h>

#define EXPECT(cond)                  \
	do {                          \
		if (!(cond))          \
			return #cond; \
	} while (0)

static u64 word;

static bool can(enum model_proc_kind kind)
{
	return model_enabled() >> model_proc(kind, 0) & 1;
}

/* Return: NULL, or what is not so. */
static const char *wrong(void)
{
	struct mcpu *c = &machine.cpus[0];
	struct model_acc acc[MAX_ACC];

	model_config = (struct model_config){.cpus = 1};
	model_config.choice[PROC_IRQ].times = 1;
	model_config.choice[PROC_DRAIN].times = 1;
	model_config.choice[PROC_TICK].times = 2;
	procs_boot();
	c->op.kind = OP_HLT;
	c->iflag = true;
	EXPECT(model_enabled() == BIT(model_proc(PROC_TICK, 0)));

	sb_enter(c, &word, 1, sizeof(word), false);
	sb_enter(c, &word, 2, sizeof(word), false);
	EXPECT(can(PROC_DRAIN));
	EXPECT(model_next(model_proc(PROC_DRAIN, 0), acc) == 3);
	EXPECT(acc[0].obj == (uintptr_t)&word && acc[0].rw == ACC_WRITE);

	model_step(model_proc(PROC_TICK, 0));
	EXPECT(timer_left(0) && !can(PROC_TICK)); /* not while its interrupt is pending */
	EXPECT(!can(PROC_IRQ)); /* two stores to drain */
	model_step(model_proc(PROC_DRAIN, 0));
	EXPECT(word == 1 && can(PROC_DRAIN) && !can(PROC_IRQ));
	model_step(model_proc(PROC_DRAIN, 0));
	EXPECT(word == 2 && !can(PROC_DRAIN) && can(PROC_IRQ));
	c->iflag = false;
	EXPECT(!can(PROC_IRQ));
	return NULL;
}

int hardware_alone(void)
{
	static const struct scenario_case plain;
	const char *what = scenario_choose(&plain) ? "no such planted bug" : wrong();

	printk("1..1\n%sok 1 hardware choices alone%s%s\n", what ? "not " : "", what ? " # " : "",
	       what ? what : "");
	return what ? 1 : 0;
}
