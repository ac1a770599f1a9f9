/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NARROW_H
#define NARROW_H

#include <kernel/types.h>
#include <model/machine.h>

/*
 * Which hardware choices a failure needs. One choice after the other is turned off; it
 * stays off if the case still fails. The choices that are left are enough for the failure, and
 * each of them is necessary.
 */
enum narrow_result { NARROW_RED, NARROW_NEVER, NARROW_CUT };

/**
 * narrow - what a case needs that is red with @config
 * @needs: the choices, in words
 * @used: processes of a schedule that fails, ~0: not known. Choices that it does not use are
 *	turned off together at first: one search instead of many
 * @search: is it red, of the same kind, with this configuration?
 */
#define NARROW_MAX 4096
void narrow(char needs[NARROW_MAX], const struct model_config *config, u64 used,
	    enum narrow_result (*search)(const struct model_config *config));

#endif
