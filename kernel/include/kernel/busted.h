/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_BUSTED_H
#define KERNEL_BUSTED_H

#include <kernel/config.h>
#include <kernel/linkset.h>
#include <kernel/types.h>

/*
 * Planted bugs. A switch reverts one protection, at the one place where it stands:
 *
 *	DEFINE_BUSTED(gup_no_pmd_recheck, "GUP-fast does not look at the PMD again");
 *	...
 *	if (!busted(gup_no_pmd_recheck) && !pmd_same(pmd, pmdp_get_lockless(pmdp)))
 *
 * busted=NAME sets it. tests/busted/ and the cases of tests/scenario/ say for each what must
 * catch it. Without hooks (the bench flavour) busted() is a constant false and the code is as
 * if never there. For a protection in a header: DECLARE_BUSTED() there.
 */
struct busted {
	const char *name;
	const char *help;
	bool *on;
};
LINKSET_DECLARE(busted, const struct busted);

#define DEFINE_BUSTED(bname, bhelp)                                                    \
	bool __busted_##bname;                                                         \
	static const struct busted __busted_desc_##bname __used = {#bname, bhelp,      \
								   &__busted_##bname}; \
	LINKSET_ADD(busted, &__busted_desc_##bname)

#define DECLARE_BUSTED(bname) extern bool __busted_##bname

#define busted(bname)	      __CONCAT(__busted_if_, CONFIG_HOOKS)(bname)
#define __busted_if_0(bname)  0
#define __busted_if_1(bname)  unlikely(__busted_##bname)

#endif
