/* SPDX-License-Identifier: GPL-2.0 */
/* Lists: what an entry looks like once it is off its list. */
#include <kernel/ktest.h>
#include <kernel/list.h>

KTEST(list, deleted_is_poisoned)
{
	struct list_head a;
	LIST_HEAD(head);

	list_add(&a, &head);
	list_del(&a);
	KEXPECT(t, list_empty(&head));
	/* Neither NULL nor empty: no caller can take it for an entry that was never on a list. */
	KEXPECT(t, a.next == LIST_POISON1 && a.prev == LIST_POISON2);
	KEXPECT(t, !list_empty(&a));
}

KTEST(list, deleted_and_initialised_is_empty)
{
	struct list_head a, b;
	LIST_HEAD(head);

	list_add_tail(&a, &head);
	list_add_tail(&b, &head);
	list_del_init(&a);
	KEXPECT(t, list_empty(&a));
	KEXPECT(t, head.next == &b && head.prev == &b);
	list_del_init(&a);
	KEXPECT(t, list_empty(&a) && head.next == &b);
}
