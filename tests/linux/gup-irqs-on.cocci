// SPDX-License-Identifier: GPL-2.0
// GUP-fast walks with interrupts on; the check that would say so is out, too.
// Files: mm/gup.c
// Red: linux_collapse_vs_gup.ipi.broadcast frames
// Red: linux_collapse_vs_gup.invlpgb.broadcast+hw frames

@@
identifier f =~ "^(gup_fast|internal_get_user_pages_fast|lockless_pages_from_mm)$";
expression flags;
@@
f(...)
{
<...
- local_irq_save(flags);
+ preempt_disable();
...
- local_irq_restore(flags);
+ preempt_enable();
...>
}

@@
@@
- VM_WARN_ON_ONCE(!irqs_disabled());
