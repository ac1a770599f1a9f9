/* SPDX-License-Identifier: GPL-2.0 */
/* See linux.h. */
#include "linux.h"
#include <asm/uaccess.h>
#include <frames.h>

static void setup(void)
{
	frames_policy();
	linux_begin(!strcmp(flush_backend()->name, "invlpgb"),
		    !strcmp(flush_backend()->name, "pv"));
}

void linux_setup(void)
{
	setup();
	linux_call(map(LINUX_ADDR));
}

void linux_setup_asid_later(void)
{
	linux_call(asid_later());
	linux_setup();
}

void linux_setup_file(void)
{
	setup();
	linux_call(map_file(LINUX_ADDR));
}

void linux_setup_shared(unsigned int mms)
{
	setup();
	linux_call(share(LINUX_ADDR, mms));
}

void linux_walk(void)
{
	int got = lx_linux_gup(LINUX_ADDR);

	plain_settle();
	scenario_check(got == 0 || got == 1);
}

void linux_load(void)
{
	u64 val;

	get_user_u64(&val, LINUX_ADDR);
}
