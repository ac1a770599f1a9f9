/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_STORY_H
#define MODEL_STORY_H

/* The events of one schedule, kept outside of what a restore puts back, and printed. */
void story_begin(void);
void story_end(void);
void story_print(void); /* on standard output */

#endif
