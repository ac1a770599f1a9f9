/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KERNEL_NMI_H
#define KERNEL_NMI_H

#include <kernel/linkset.h>
#include <kernel/types.h>

/*
 * All NMIs share one vector and carry no cause: each handler looks for its own
 * request, and several requests may arrive as one NMI. Handlers take no locks and
 * cause no exceptions. @irqs_on: whether the interrupted code had IF set.
 */
struct pt_regs;
struct nmi_handler {
	void (*fn)(struct pt_regs *regs, bool irqs_on);
};
LINKSET_DECLARE(nmi_handler, const struct nmi_handler);
#define NMI_HANDLER(func)                                      \
	static const struct nmi_handler __nmi_##func = {func}; \
	LINKSET_ADD(nmi_handler, &__nmi_##func)

#endif
