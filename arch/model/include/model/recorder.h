/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_RECORDER_H
#define MODEL_RECORDER_H

/* The events of one schedule, recorded and printed. A restore does not change them. */
void recorder_begin(void);
void recorder_end(void);
void recorder_print(void); /* on standard output */

#endif
