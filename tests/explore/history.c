/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history of a schedule: the kernel's events and those of the hardware, in the two columns
 * of tests/oracle/history.c, which reads them by event_ring_copy().
 */
#include "host.h"
#include "model_world.h"
#include "verdict.h"
#include <string.h>
#include <explore/replay.h>
#include <model/machine.h>
#include <model/recorder.h>

enum history_mode model_history_mode;
bool model_trace;

enum xp_status model_show(const struct xp_schedule *s, FILE *to)
{
	struct xp_run run;
	char verdict[VERDICT_MAX];
	enum xp_status status;

	recorder_begin();
	status = xp_replay(&model_world, NULL, s, false, NULL, NULL, &run);
	recorder_end();
	if (status == XP_CUT) {
		fprintf(stderr, "explore: replay string: it cannot be followed: %s\n", run.error);
		return status;
	}
	host_spell(run.verdict, verdict, sizeof(verdict));
	fprintf(to, "# %s\n", *verdict ? verdict : "nothing is wrong with it");
	fflush(to);
	recorder_print(model_history_mode, model_trace);
	return status;
}
