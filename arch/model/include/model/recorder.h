/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_RECORDER_H
#define MODEL_RECORDER_H

#include <tests/history_mode.h>

struct oracle_object;

/* The events of one schedule, recorded and printed. A restore does not change them. */
void recorder_begin(void);
void recorder_end(void);
/* On standard output; @trace: also each event of all CPUs. */
void recorder_print(enum history_mode mode, bool trace);

/* From oracle_fail(): what the verdict of this schedule is about. */
void recorder_about(const struct oracle_object *about);

#endif
