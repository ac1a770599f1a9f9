/* SPDX-License-Identifier: GPL-2.0 */
/*
 * -fstack-protector-strong: FLAVOUR=san. The guard is one constant, so that DETERMINISTIC=1 stays
 * so; its zero byte stops a string that overruns.
 */
#include <kernel/bug.h>
#include <kernel/types.h>

unsigned long __stack_chk_guard = 0xd1ce5eedface0a00;

void __stack_chk_fail(void) __noreturn;
void __stack_chk_fail(void)
{
	panic("stack protector: the frame of %pS is overwritten", __builtin_return_address(0));
}
