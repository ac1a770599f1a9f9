/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_SPECIAL_INSNS_H
#define SHIM_SPECIAL_INSNS_H

/* The tree's own header, whose accessors of CR3 and CR4 get other names; these are the model's. */
#include <seam.h>

#define __native_read_cr3 shim_unused_native_read_cr3
#define native_write_cr3  shim_unused_native_write_cr3
#define native_read_cr4	  shim_unused_native_read_cr4
#define __read_cr3	  shim_unused_read_cr3
#define write_cr3	  shim_unused_write_cr3
#define __read_cr4	  shim_unused_read_cr4
#include_next <asm/special_insns.h>
#undef __native_read_cr3
#undef native_write_cr3
#undef native_read_cr4
#undef __read_cr3
#undef write_cr3
#undef __read_cr4

#define __native_read_cr3 model_read_cr3
#define native_write_cr3  model_write_cr3
#define native_read_cr4	  model_read_cr4
#define __read_cr3	  model_read_cr3
#define write_cr3	  model_write_cr3
#define __read_cr4	  model_read_cr4

#endif
