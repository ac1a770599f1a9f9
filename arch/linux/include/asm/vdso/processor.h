/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_VDSO_PROCESSOR_H
#define SHIM_VDSO_PROCESSOR_H

/* PAUSE: this CPU waits until a word that it has read changes. */
#include <seam.h>

#define native_pause() model_pause()
#define rep_nop()      model_pause()
#define cpu_relax()    model_pause()

struct getcpu_cache;

#endif
