/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_BACKENDS_H
#define TESTS_BACKENDS_H

#include <kernel/ktest.h>
#include <asm/tlbflush.h>

/*
 * Contract tests run on all registered backends: @fn once with each selected. A backend that this
 * machine cannot use is left out, and a line says why; so is one that is a planted bug. The
 * backend that was in use is selected again afterwards.
 */
typedef void (*backend_test_t)(struct ktest *t, const struct flush_backend *b);
void each_backend(struct ktest *t, backend_test_t fn);
/* Only the planted bugs among them. */
void each_busted_backend(struct ktest *t, backend_test_t fn);

/* The name of one that @waits so and can be used here, or NULL. */
const char *backend_that_waits(enum flush_waits waits);

/* The same for the policies that are linked in, the busted ones too. */
struct pt_sync_policy;
void each_policy(struct ktest *t, void (*fn)(struct ktest *t, const struct pt_sync_policy *p));

#endif
