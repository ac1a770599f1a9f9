/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_SANITIZER_H
#define MODEL_SANITIZER_H

/* SANITIZE=1: from now on reports are not printed, as one was; they are verdicts all the same. */
void model_sanitizer_told(void);

#endif
