/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_LINUX_H
#define LINUX_LINUX_H

/* Between the files of Linux's side: linux_*.c, which are compiled with Linux's headers. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <seam.h>
#include <versions.h>

#define NCPU	  4

/* The first line of a function that replaces one of Linux's. */
#define STUB()	  model_stub(__func__)

/* All CPUs run in the first mm. A thread of each CPU; a VMA of each mm, over all of it. */
#define LINUX_MMS 3
extern struct mm_struct *linux_mms[LINUX_MMS];
extern struct task_struct linux_tasks[NCPU];
extern struct vm_area_struct linux_vmas[LINUX_MMS];
#define linux_mm  linux_mms[0]
#define linux_vma linux_vmas[0]

/* Of all anonymous pages. */
extern struct anon_vma linux_anon_vma;

/* The one page of the scenario, and the PMD entry above it; the huge page of collapse. */
extern struct page *linux_page;
extern pmd_t *linux_pmd;
extern struct page *linux_huge;
void linux_huge_init(void);

/* The last reference to this page is gone. */
void linux_free_page(struct page *page);

/* Boot has made this thread. */
void linux_thread(struct task_struct *t);

/* A guest of KVM flushes by its hypervisor. */
void linux_pv_flush(void);

/* The next of Linux's frames, zeroed; each is used once. */
void *linux_frame(void);

#endif
