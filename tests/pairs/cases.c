/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each program is explored under: backends with policies that are sound on them, and choices
 * of the hardware. Policy `never` only where no table is reused: freeing rests on RCU, not on it.
 */
#include "program.h"

#define IPI .flush = "ipi"
#define HW  .flush = "invlpgb", .invlpgb = true
#define NMI .flush = "invlpgb-nmi"

#define SOUND                                                                                     \
	{IPI, .policy = "broadcast"}, {IPI, .policy = "broadcast", .tso = true},                  \
		{IPI, .policy = "broadcast", .fills = 1}, {IPI, .policy = "receipt"},             \
		{IPI, .policy = "implied"}, {IPI, .policy = "mmcpus"},                            \
		{IPI, .policy = "targeted", .tso = true}, {IPI, .policy = "receipt-mmcpus"},      \
		{HW, .policy = "broadcast"}, {HW, .policy = "receipt"}, {HW, .policy = "mmcpus"}, \
		{HW, .policy = "broadcast", .tso = true},                                         \
		{HW, .policy = "broadcast", .tce = true}, {NMI, .policy = "broadcast"},           \
		{NMI, .policy = "receipt"}, {.flush = "pv", .policy = "broadcast"},               \
	{                                                                                         \
		.flush = "pv", .policy = "broadcast", .preemptions = 1                            \
	}

const struct scenario_case program_cases[] = {SOUND, {}};
const struct scenario_case program_cases_no_reuse[] = {
	SOUND, {IPI, .policy = "never"}, {HW, .policy = "never"}, {NMI, .policy = "never"}, {},
};
