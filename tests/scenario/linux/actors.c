/* SPDX-License-Identifier: GPL-2.0 */
/* See linux.h. */
#include "linux.h"
#include <asm/uaccess.h>
#include <frames.h>

static void setup(u32 cpus_in_mm)
{
	frames_policy();
	linux_begin(!strcmp(flush_backend()->name, "invlpgb"), !strcmp(flush_backend()->name, "pv"),
		    cpus_in_mm);
}

void linux_setup(void)
{
	setup(~0U);
	linux_call(map(LINUX_ADDR));
}

void linux_setup_alone(void)
{
	setup(BIT(0));
	linux_call(map(LINUX_ADDR));
}

void linux_setup_asid_later(void)
{
	linux_call(asid_later());
	linux_setup();
}

void linux_setup_file(void)
{
	setup(~0U);
	linux_call(map_file(LINUX_ADDR));
}

void linux_setup_shared(unsigned int mms)
{
	setup(~0U);
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

void linux_load_faults(void)
{
	u64 val;

	scenario_check(get_user_u64(&val, LINUX_ADDR));
}
