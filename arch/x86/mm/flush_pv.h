/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_MM_FLUSH_PV_H
#define X86_MM_FLUSH_PV_H

/* pv_model.c, for flush_pv.c: which hypervisor it is, as a line; why it cannot be the one wanted. */
const char *pv_note(void);
const char *pv_unavailable(void);

#endif
