/* SPDX-License-Identifier: GPL-2.0 */
/* See <tests/scenario_range.h>. */
#include <mm/huge_mm.h>
#include <mm/khugepaged.h>
#include <tests/scenario_range.h>

struct mm_struct *range_mm;

void range_setup(void)
{
	range_mm = scenario_mm("mm");
	scenario_map(range_mm, RANGE, PMD_SIZE);
}

void range_setup_huge(void)
{
	range_mm = scenario_mm("mm");
	scenario_map_huge(range_mm, RANGE);
}

void range_setup_threads(void)
{
	range_setup();
	scenario_run_in(0, range_mm);
	scenario_run_in(1, range_mm);
}

void range_collapse(void)
{
	scenario_collapse(range_mm, RANGE);
}

void range_split(void)
{
	scenario_check(!mm_split_huge_pmd(range_mm, RANGE));
}

void range_walk(void)
{
	scenario_walk(RANGE);
}
