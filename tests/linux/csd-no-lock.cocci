// SPDX-License-Identifier: GPL-2.0
// A request for a call is filled in while the one before may still be in the queue.
// Files: kernel/smp.c
// Red: linux_call_twice_vs_idle.ipi.broadcast
// Never: linux_call_vs_call.ipi.broadcast

@@
@@
smp_call_function_many_cond(...)
{
<...
- csd_lock(csd);
+ csd->node.u_flags |= CSD_FLAG_LOCK;
...>
}
