/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_SANITIZER_H
#define MODEL_SANITIZER_H

/* SANITIZE=1: do not print further reports. They still are verdicts. */
void model_sanitizer_told(void);

#endif
