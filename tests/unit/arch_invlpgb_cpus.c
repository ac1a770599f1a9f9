/* SPDX-License-Identifier: GPL-2.0 */
/* Which CPUs have INVLPGB, whatever their CPUID says, and how many TLBSYNCs they take. */
#include <kernel/ktest.h>
#include <asm/invlpgb.h>

/* Models of family 17h: Zen 1 and Zen+ are 00-2f and 50-5f. */
KTEST(invlpgb_cpus, zen2)
{
	static const struct {
		u32 first, last;
		bool zen2;
	} models[] = {
		{0x00, 0x2f, false}, {0x30, 0x4f, true},  {0x50, 0x5f, false},
		{0x60, 0x7f, true},  {0x80, 0x8f, false}, {0x90, 0x91, true},
		{0x92, 0x9f, false}, {0xa0, 0xaf, true},  {0xb0, 0xff, false},
	};
	u32 next = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(models); i++) {
		KEXPECT_EQ(t, models[i].first, next);
		for (u32 m = models[i].first; m <= models[i].last; m++) {
			KEXPECT_EQ(t, invlpgb_offered_by_mistake(0x17, m), models[i].zen2);
			/* Zen 3 and 4, Zen 5; Hygon's Zen 1 */
			KEXPECT(t, !invlpgb_offered_by_mistake(0x19, m));
			KEXPECT(t, !invlpgb_offered_by_mistake(0x1a, m));
			KEXPECT(t, !invlpgb_offered_by_mistake(0x18, m));
		}
		next = models[i].last + 1;
	}
}

KTEST(invlpgb_cpus, tlbsyncs)
{
	for (u32 family = 0x15; family < 0x20; family++)
		KEXPECT_EQ(t, tlbsyncs_for(family), family == 0x1a ? 2 : 1);
}
