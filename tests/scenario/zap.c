/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/scenario_zap.h>. */
#include <tests/scenario_zap.h>

struct mm_struct *zap_mm;
struct vm_area_struct *zap_vma;

void zap_setup_only(void)
{
	zap_mm = scenario_mm("mm");
	scenario_map(zap_mm, ZAP_ADDR, PAGE_SIZE);
}

void zap_setup(void)
{
	zap_mm = scenario_mm("mm");
	scenario_map_page(zap_mm, ZAP_ADDR);
}

void zap_setup_threads(void)
{
	zap_setup();
	scenario_run_in(0, zap_mm);
	scenario_run_in(1, zap_mm);
}

void zap_setup_table(void)
{
	zap_setup_only();
	scenario_reserve(zap_mm, PAGE_SIZE, PAGE_SIZE); /* keeps the PMD table */
}

void zap_setup_vma(void)
{
	zap_setup_only();
	zap_vma = scenario_vma(zap_mm, ZAP_ADDR);
}

void zap_setup_vma_next(void)
{
	zap_mm = scenario_mm("mm");
	scenario_map(zap_mm, ZAP_ADDR, PMD_SIZE);
	zap_vma = scenario_vma(zap_mm, ZAP_ADDR);
}

void zap_unmap(void)
{
	scenario_check(!mm_munmap(zap_mm, ZAP_ADDR, PAGE_SIZE));
}

void zap_page(void)
{
	scenario_zap_page(zap_vma, ZAP_ADDR);
	scenario_say_gone();
}

void zap_load_twice(void)
{
	scenario_load_twice(ZAP_ADDR);
}

void zap_walk(void)
{
	scenario_walk(ZAP_ADDR);
}
