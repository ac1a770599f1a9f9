/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_BUG_H
#define SHIM_BUG_H

/* BUG() and WARN() are verdicts of the schedule. */
#include <linux/stringify.h>
#include <linux/instrumentation.h>
#include <linux/objtool.h>

#ifndef __ASSEMBLER__
#include <seam.h>

#define HAVE_ARCH_BUG
#define BUG()			  model_bug(__FILE__, __LINE__)
#define __WARN()		  model_warn(__FILE__, __LINE__)
#define __WARN_FLAGS(...)	  model_warn(__FILE__, __LINE__)
#define __WARN_printf(taint, ...) model_warn(__FILE__, __LINE__)

#include <asm-generic/bug.h>
#endif

#endif
