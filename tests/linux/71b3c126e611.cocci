// SPDX-License-Identifier: GPL-2.0
// Undoes 71b3c126e611: no barrier between what a switching CPU says and its look at tlb_gen. Today
// that is 83b0177a6c48's; before 6.14 it is in the locked operation that sets the CPU's bit.
// Files: arch/x86/mm/tlb.c
// Red: linux_switch_vs_zap.ipi.broadcast+tso+hw hardware
// Never: linux_switch_vs_zap.ipi.broadcast+hw

@@
expression e, cpu, mask;
@@
switch_mm_irqs_off(...)
{
<...
(
 if (e)
	cpumask_set_cpu(cpu, mask);
 else
-	smp_mb();
+	barrier();
|
 if (next != &init_mm)
-	cpumask_set_cpu(cpu, mask);
+	__cpumask_set_cpu(cpu, mask);
)
...>
}
