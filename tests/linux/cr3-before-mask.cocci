// SPDX-License-Identifier: GPL-2.0
// A CPU that comes into an mm gets its bit in mm_cpumask after it has read tlb_gen and loaded CR3.
// Files: arch/x86/mm/tlb.c
// Red: linux_enter_vs_zap.ipi.broadcast+fill hardware
// Never: linux_enter_vs_zap.ipi.broadcast

@@
expression n, g;
@@
switch_mm_irqs_off(...)
{
<...
- if (next != &init_mm && !cpumask_test_cpu(cpu, mm_cpumask(next)))
-	cpumask_set_cpu(cpu, mm_cpumask(next));
- else
-	smp_mb();
...>
}

@@
@@
switch_mm_irqs_off(...)
{
<...
  this_cpu_write(cpu_tlbstate.loaded_mm_asid, ns.asid);
+ if (next != &init_mm)
+	cpumask_set_cpu(cpu, mm_cpumask(next));
...>
}
