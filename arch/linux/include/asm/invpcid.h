/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_INVPCID_H
#define SHIM_INVPCID_H

/* INVPCID by its types: SDM vol. 2A. */
#include <seam.h>

#define INVPCID_TYPE_INDIV_ADDR		   0
#define INVPCID_TYPE_SINGLE_CTXT	   1
#define INVPCID_TYPE_ALL_INCL_GLOBAL	   2
#define INVPCID_TYPE_ALL_NON_GLOBAL	   3

#define invpcid_flush_one(pcid, addr)	   model_invpcid(INVPCID_TYPE_INDIV_ADDR, (pcid), (addr))
#define invpcid_flush_single_context(pcid) model_invpcid(INVPCID_TYPE_SINGLE_CTXT, (pcid), 0)
#define invpcid_flush_all()		   model_invpcid(INVPCID_TYPE_ALL_INCL_GLOBAL, 0, 0)
#define invpcid_flush_all_nonglobals()	   model_invpcid(INVPCID_TYPE_ALL_NON_GLOBAL, 0, 0)

#endif
