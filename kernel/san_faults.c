/* SPDX-License-Identifier: GPL-2.0 */
/* inject=: what the checks of FLAVOUR=san must see. Elsewhere they are refused. */
#include <kernel/bug.h>
#include <kernel/compiler.h>
#include <kernel/config.h>
#include <kernel/inject.h>
#include <kernel/panic.h>
#include <kernel/types.h>
#include <asm/rwonce.h>

#define ROOM 16 /* bytes that there are */

static u8 variable[ROOM];

static void need_checks(const char *name)
{
	if (!CONFIG_KASAN)
		fatal("inject=%s is refused: nothing would see it; build with SAN=1", name);
}

static noinline void store(u8 *to, unsigned long bytes)
{
	asm("" : "+r"(to)); /* so that the compiler does not know how long it is */
	for (unsigned long i = 0; i < bytes; i++)
		WRITE_ONCE(to[i], (u8)~i);
}

static void variable_overrun(u64 unused)
{
	need_checks("variable-overrun");
	store(variable, ROOM + 1);
}
INJECTION(variable_overrun, "variable-overrun", "a store beyond the end of a variable (SAN=1)",
	  variable_overrun);

static noinline void overrun_frame(void)
{
	u8 array[ROOM];

	store(array, ROOM + 2 * sizeof(long));
}

static void stack_overrun(u64 unused)
{
	need_checks("stack-overrun");
	overrun_frame();
}
INJECTION(stack_overrun, "stack-overrun", "stores beyond the end of an array on the stack (SAN=1)",
	  stack_overrun);
