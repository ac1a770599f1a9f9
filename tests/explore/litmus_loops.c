// SPDX-License-Identifier: GPL-2.0
/*
 * Features that only .litmus files have: loops, pointers, all kinds of locked instructions. Here it
 * is tested that the engine finds all final states of this machine, and that the machine keeps the
 * rules of <explore/world.h>. tests/host/27-litmus.t tests that the final states are right, against
 * models of its own.
 */
#include <string.h>
#include <explore/check.h>
#include "litmus_test.h"

/* clang-format off */
static const char *const tests[] = {
	"X86 message, awaited\n{ }\n"
	"P0 | P1 ;\n"
	"MOV [x],$1 | L: MOV EAX,[y] ;\n"
	"MOV [y],$1 | CMP EAX,$1 ;\n"
	" | JNE L ;\n"
	" | MOV EBX,[x] ;\n",

	"X86 two that await each other\n{ }\n"
	"P0 | P1 ;\n"
	"L: MOV EAX,[x] | M: MOV EAX,[y] ;\n"
	"CMP EAX,$1 | CMP EAX,$1 ;\n"
	"JNE L | JNE M ;\n"
	"MOV [y],$1 | MOV [x],$1 ;\n",

	"X86 a spinlock that is taken by XCHG\n{ }\n"
	"P0 | P1 ;\n"
	"L: MOV EAX,$1 | L: MOV EAX,$1 ;\n"
	"XCHG [l],EAX | XCHG [l],EAX ;\n"
	"TEST EAX,EAX | TEST EAX,EAX ;\n"
	"JNE L | JNE L ;\n"
	"INC [x] | INC [x] ;\n"
	"MOV [l],$0 | MOV [l],$0 ;\n",

	"X86 compare-and-exchange until it succeeds\n{ }\n"
	"P0 | P1 ;\n"
	"L: MOV EAX,[x] | L: MOV EAX,[x] ;\n"
	"MOV EBX,EAX | MOV EBX,EAX ;\n"
	"ADD EBX,$1 | ADD EBX,$1 ;\n"
	"LOCK CMPXCHG [x],EBX | LOCK CMPXCHG [x],EBX ;\n"
	"JNE L | JNE L ;\n",

	"X86 two variables change while one waits for both\n{ }\n"
	"P0 | P1 ;\n"
	"L: MOV EAX,[x] | MOV [x],$1 ;\n"
	"MOV EBX,[y] | MOV [y],$1 ;\n"
	"CMP EAX,EBX | MOV [x],$2 ;\n"
	"JE L | MOV [y],$2 ;\n",

	"X86 a loop that forwards a store of its own\n{ }\n"
	"P0 | P1 ;\n"
	"MOV [x],$1 | MOV [y],$1 ;\n"
	"L: MOV EAX,[x] | MOV [x],$2 ;\n"
	"MOV EBX,[y] | MOV EAX,[x] ;\n"
	"CMP EAX,EBX | ;\n"
	"JNE L | ;\n",

	"X86_64 pointers\n{ uint64_t x; uint64_t y; uint64_t p=x; 1:rbx=y; }\n"
	"P0 | P1 | P2 ;\n"
	"movq $1,(y) | movq %rbx,(p) | movq (p),%rax ;\n"
	"movq $1,(x) | lock incq (%rbx) | movq (%rax),%rcx ;\n",

	"X86 a loop without an access, for ever\n{ }\n"
	"P0 | P1 ;\n"
	"MOV [x],$1 | MOV EAX,[x] ;\n"
	"L: JMP L | MFENCE ;\n",
};
/* clang-format on */

/* Locks that are also awaited as variables: an unlock does not always have XP_WAKE. */
static void awaited_locks(void)
{
	static const char *const programs[] = {
		"m. z=2 | y=2 m. m?1 l! y=1 | m! l. g=y",
		"l! x=1 l. a=x | l?1 b=x l?0 c=x",
		"l! x=1 l. | m! lm?1 b=x m.",
	};
	bool good = true;

	for (unsigned i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		for (unsigned tso = 0; tso < 2; tso++) {
			lm_open(programs[i], tso);
			good &= lm_all_states();
		}
	lm_ok(good, "locks that are awaited as variables: all final states");
}

void lm_test_loops(void)
{
	awaited_locks();
	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		char why[512] = "";
		bool good = true;

		for (unsigned tso = 0; tso < 2; tso++) {
			lm_open(tests[i], tso);
			good &= lm_all_states();
			good &= xp_check_world(&lm_machine.world, &lm_machine, 20, i, why,
					       sizeof(why));
		}
		if (!lm_ok(good, "%.*s: all final states, and the world keeps its rules",
			   (int)strcspn(tests[i], "\n"), tests[i]))
			lm_note("%.*s", (int)strcspn(why, "\n"), why);
	}
}
