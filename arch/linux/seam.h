/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LINUX_SEAM_H
#define LINUX_SEAM_H

/*
 * The seam between Linux's sources and the model. Both sides include this file, each with its own
 * headers around it, so it has only C's own types. All symbols of Linux's objects have the prefix
 * lx_ when they are linked (tools/linux/build.sh); LX() gives them that prefix on the model's side.
 */
#ifdef __KERNEL__
#define LX(name) name
#else
#define LX(name) lx_##name
#endif

#ifndef __ASSEMBLER__

/* Calls of Linux, carried out by the model (steps.c). Each may be a step of the search. */
const void *LX(model_load)(const volatile void *p, unsigned long size);
void LX(model_store)(volatile void *p, const void *value, unsigned long size);
/* Locked operations. @value: in the new one, out the old one. */
void LX(model_xchg)(volatile void *p, void *value, unsigned long size);
/* @old: what is expected; out: what was found, if that differs. */
_Bool LX(model_cmpxchg)(volatile void *p, void *old, const void *value, unsigned long size);
enum model_rmw { MODEL_ADD, MODEL_AND, MODEL_OR, MODEL_XOR };
/* Returns the old value. */
unsigned long LX(model_fetch)(enum model_rmw what, volatile void *p, unsigned long arg,
			      unsigned long size);
void LX(model_smp_mb)(void);
void LX(model_pause)(void);
void LX(model_lock)(volatile unsigned int *lock);
_Bool LX(model_trylock)(volatile unsigned int *lock);
void LX(model_unlock)(volatile unsigned int *lock);
void LX(model_await_zero)(const volatile unsigned int *word); /* a full barrier, too */

void LX(model_cli)(void);
void LX(model_sti)(void);
unsigned long LX(model_flags)(void);
unsigned long LX(model_read_cr3)(void);
void LX(model_write_cr3)(unsigned long v);
unsigned long LX(model_read_cr4)(void);
void LX(model_write_cr4)(unsigned long v);
void LX(model_invlpg)(unsigned long addr);
void LX(model_invpcid)(unsigned long type, unsigned long pcid, unsigned long addr);
void LX(model_invlpgb)(unsigned long rax, unsigned int ecx, unsigned int edx);
void LX(model_tlbsync)(void);
unsigned long LX(model_rdtsc)(void);
/* The call-function interrupt, for a mask; @pc: of the one who sends it. */
void LX(model_send_call)(unsigned long cpus, const void *pc);

/* Verdicts of the schedule. */
_Noreturn void LX(model_bug)(const char *file, int line);
void LX(model_warn)(const char *file, int line);
/* No verdict: the search ends with status 2. */
_Noreturn void LX(model_no_stub)(const char *name);
/* A function of ours that replaces one of Linux's has run. */
void LX(model_stub)(const char *name);

/* What Linux's side tells the oracles (frames.c). */
void LX(model_top_table)(const void *table, unsigned long mm);
void LX(model_free)(const void *frame); /* a table, or a page: from now on nobody reads it */
void LX(model_deposit)(const void *table, const void *pmd); /* under a huge page */
void LX(model_walk)(unsigned long mm, unsigned long addr, unsigned long pages); /* 0: over */
_Bool LX(model_sync)(void); /* a sync begins. Return: carry it out */
void LX(model_sync_end)(void);

/* Linux's frames: physical memory of the model that only Linux's side uses. */
#define LINUX_FRAMES 24
void *LX(model_frames)(void);
unsigned long LX(model_phys_base)(void); /* where physical address 0 is mapped */

/* What this release can do. */
extern const _Bool LX(linux_has_invlpgb);
extern const _Bool LX(linux_is_guest); /* of KVM, by its configuration */
extern const _Bool LX(linux_batches_tables); /* for RCU, also on a machine without a hypervisor */
extern const _Bool LX(linux_reclaims_tables); /* in madvise(), with mmap_lock for reading */

/* Calls of the scenarios, carried out by Linux's side (linux_*.c). */
void LX(linux_init)(unsigned int cpus, _Bool pcid, _Bool invlpgb, _Bool pv);
unsigned char *LX(linux_preempted_byte)(unsigned int cpu); /* that a guest shares with KVM */
void LX(linux_enter)(_Bool in_mm); /* on each CPU: run in the mm of the scenario, or in init_mm */
void LX(linux_call_interrupt)(void);

void LX(linux_map)(unsigned long addr);
void LX(linux_map_more)(unsigned long addr); /* one more page by the same table */
/* A hugetlb page, by a PMD table that @mms mms share. */
void LX(linux_share)(unsigned long addr, unsigned int mms);
void LX(linux_unshare)(unsigned int mm); /* this one leaves that table */
void LX(linux_reuse)(unsigned long addr); /* its last owner takes an entry out */
_Bool LX(linux_last_owner)(void); /* so an owner finds under its lock */
void LX(linux_free_shared)(void); /* the last owner frees the table */
void LX(linux_unmap_huge)(unsigned long addr); /* the page itself, of an mm that shares with none */
void LX(linux_map_file)(unsigned long addr); /* the first page of a huge page of a file */
int LX(linux_retract)(unsigned long addr); /* 1: its PTE table is gone */
int LX(linux_gup)(unsigned long addr); /* 1: the page that was mapped, 0: none, else wrong */
_Bool LX(linux_hold)(unsigned long addr); /* the page that was mapped, by GUP-fast, and keeps it */
_Bool LX(linux_page_freed)(void); /* that page belongs to somebody else */
int LX(linux_page_refs)(void);
void LX(linux_collapse)(unsigned long addr);
int LX(linux_collapse_huge)(unsigned long addr); /* 1: collapsed, 0: the page is in use */
void LX(linux_unmap)(unsigned long addr, _Bool tables);
void LX(linux_truncate)(unsigned long addr); /* the same page, found by its rmap */
void LX(linux_reclaim)(unsigned long addr); /* the page and its table, as madvise() does */
void LX(linux_fresh_page)(void); /* is allocated for a fault */
void LX(linux_fault)(unsigned long addr); /* and mapped, where none is */
void LX(linux_move)(unsigned long from, unsigned long to, unsigned long len);
void LX(linux_unmap_unflushed)(unsigned long addr);
unsigned int LX(linux_call_on)(unsigned int cpu); /* how often the function has run there */
void LX(linux_call_async)(unsigned int cpu, unsigned int nth); /* the nth such call: 0, 1 */
unsigned int LX(linux_called_async)(unsigned int nth);
void LX(linux_flush)(unsigned long addr); /* one page, of which no table is freed */
void LX(linux_asid_later)(void); /* before linux_init(): no mm has a global ASID yet */
void LX(linux_give_asid)(unsigned int mm); /* this one gets it, where there is INVLPGB */
void LX(linux_grace_period)(void); /* of RCU; then what was queued is freed */
void LX(linux_no_memory)(void); /* from now on no batch of tables can be allocated */
void LX(linux_lazy)(void);
void LX(linux_lazy_back)(void);
void LX(linux_away)(void);
void LX(linux_back)(void);

#endif
#endif
