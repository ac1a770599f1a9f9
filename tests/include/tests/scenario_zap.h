/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_SCENARIO_ZAP_H
#define TESTS_SCENARIO_ZAP_H

#include <mm/mm.h>
#include <tests/scenario_actors.h>

/*
 * Fixture: an mm with an anonymous page at ZAP_ADDR, which is there. A scenario unmaps or zaps
 * it against something else.
 */
#define ZAP_ADDR PMD_SIZE
#define ZAP_NEXT (ZAP_ADDR + PAGE_SIZE)
extern struct mm_struct *zap_mm;
extern struct vm_area_struct *zap_vma; /* of zap_setup_vma(), zap_setup_vma_next() */

/* setup(): it is all that the mm maps, so its page tables go with it. The actors run in no mm. */
void zap_setup_only(void);

/* setup(): the page goes alone: another mapping keeps the tables. The actors run in no mm. */
void zap_setup(void);

/* setup(): the same; the actors of CPU0 and CPU1 are threads of the mm. */
void zap_setup_threads(void);

/* setup(): its PTE table goes with it, and no other table. The actors run in no mm. */
void zap_setup_table(void);

/*
 * setup(): with a VMA to zap in, for which mmap_lock is held for read from here on. _next: all
 * pages of the PTE table are there. The actors run in no mm.
 */
void zap_setup_vma(void);
void zap_setup_vma_next(void);

/* Actor: munmap() of the page. */
void zap_unmap(void);

/* Actor, where there is a zap_vma: zap the page, then scenario_say_gone(). */
void zap_page(void);

/* Actor: scenario_load_twice() of the page. */
void zap_load_twice(void);

/* Actor: GUP-fast of the page. */
void zap_walk(void);

#endif
