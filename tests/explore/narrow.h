/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NARROW_H
#define NARROW_H

#include <kernel/types.h>
#include <model/machine.h>

/*
 * Which liberties of the hardware a failure needs: one is taken away after the other, and
 * stays away if the failure does not. What is left is enough, and none of it can be spared.
 */
enum narrow_result { NARROW_RED, NARROW_NEVER, NARROW_CUT };

/**
 * narrow - what a case needs that is red with @config
 * @needs: the liberties, in words
 * @used: processes of a schedule that shows it, ~0: not known. What it does without is tried
 *	in one go, so it costs one search instead of many
 * @search: is it red, of the same kind, with this configuration?
 */
#define NARROW_MAX 4096
void narrow(char needs[NARROW_MAX], const struct model_config *config, u64 used,
	    enum narrow_result (*search)(const struct model_config *config));

#endif
