/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_STORY_H
#define MODEL_STORY_H

/* The events of one schedule, recorded and printed. A restore does not change them. */
void story_begin(void);
void story_end(void);
void story_print(void); /* on standard output */

#endif
