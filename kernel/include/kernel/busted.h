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
 *
 * A bug that needs statements of its own has them, and its DEFINE_BUSTED(), in
 * tests/busted/NAME.c. One line stands where it takes effect:
 *
 *	DECLARE_BUSTED_HOOK(split_two_locks, struct vm_area_struct *vma);  in the layer's list
 *	busted_hook(split_two_locks, vma);				   in the code
 *	bool busted_hook_split_two_locks(struct vm_area_struct *vma)	   in tests/busted/
 *
 * If the bug is planted busted_hook() is what that function returns: true, it has replaced what
 * the condition guards. It is false without hooks, and in an image without tests/.
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

#define DECLARE_BUSTED_HOOK(bname, ...)      \
	extern bool __busted_##bname __weak; \
	bool busted_hook_##bname(__VA_ARGS__) __weak

#define busted_hook(bname, ...)	       __CONCAT(__busted_hook_if_, CONFIG_HOOKS)(bname, __VA_ARGS__)
#define __busted_hook_if_0(bname, ...) ({ false; })
#define __busted_hook_if_1(bname, ...) \
	(busted_hook_##bname && busted(bname) ? busted_hook_##bname(__VA_ARGS__) : false)

/* Bugs of kernel/ in tests/busted/. */
struct spinlock;
DECLARE_BUSTED_HOOK(lock_look_then_take, struct spinlock *lock);
DECLARE_BUSTED_HOOK(lock_plain_trylock, struct spinlock *lock);

#endif
