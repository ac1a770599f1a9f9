// SPDX-License-Identifier: GPL-2.0
/* In place of linux_kvm.c, if configured as no guest of KVM. */
#include "linux.h"

const bool linux_is_guest = false;

void linux_pv_flush(void)
{
	model_no_stub("kvm_flush_tlb_multi");
}

unsigned char *linux_preempted_byte(unsigned int cpu)
{
	return NULL;
}
