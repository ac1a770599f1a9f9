/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A writable hugetlb mapping becomes read-only while a thread of another mm, which maps the
 * file read-only, faults and looks for a PMD table to share.
 *
 *	CPU0 P: mprotect(PROT_READ)	CPU1 R: fault, read-only
 *	P's VMA: not writable
 *					P's VMA has the flags of R's: share P's table
 *	lock; the table is shared:
 *	leave it as it is, and unlink it
 *					a store through R finds a writable entry
 *
 * The other way round P's VMA becomes writable, and a thread of W, which maps the file
 * writable, comes to share the table that P shares with R; W's first store makes the entry
 * writable for R too.
 *
 * So the flags change where no fault looks for a table to share: under i_mmap_rwsem for write, together
 * with the entries.
 */
#include <asm/uaccess.h>
#include <mm/hugetlb.h>
#include <mm/mm.h>
#include <tests/scenario_actors.h>

#define ADDR PUD_SIZE

static struct mm_struct *protected, *reader, *writer;

static void setup_readonly(void)
{
	struct address_space *file = scenario_hugetlb_file();

	protected = scenario_mm("protected");
	reader = scenario_mm("reader");
	scenario_map_shared(protected, ADDR, file, VM_WRITE);
	scenario_map_shared(reader, ADDR, file, 0);
	scenario_check(!fault_in(protected, ADDR, true));
	scenario_run_in(1, reader);
}

static void protect(void)
{
	scenario_check(!mm_mprotect(protected, ADDR, PUD_SIZE, false));
	scenario_check(fault_in(protected, ADDR, true) == -EFAULT);
}

static void fault_and_store(void)
{
	scenario_check(!fault_in(reader, ADDR, false));
	scenario_check(put_user_u64(1, ADDR));
}

static void setup_writable(void)
{
	struct address_space *file = scenario_hugetlb_file();

	protected = scenario_mm("protected");
	reader = scenario_mm("reader");
	writer = scenario_mm("writer");
	scenario_map_shared(protected, ADDR, file, 0);
	scenario_map_shared(reader, ADDR, file, 0);
	scenario_map_shared(writer, ADDR, file, VM_WRITE);
	scenario_check(!fault_in(protected, ADDR, false) && !fault_in(reader, ADDR, false));
	scenario_run_in(0, reader);
}

static void allow_and_store(void)
{
	scenario_check(!mm_mprotect(protected, ADDR, PUD_SIZE, true));
	scenario_check(put_user_u64(1, ADDR));
}

static void fault_to_write(void)
{
	scenario_check(!fault_in(writer, ADDR, true));
}

static const struct scenario_case cases[] = {
	{.flush = "ipi", .policy = "broadcast"},
	{.flush = "ipi",
	 .policy = "broadcast",
	 .busted = "hugetlb_flags_early",
	 /* RACES=1 sees the read before the harm. */
	 .race = {"marked write, hugetlb_mprotect", "plain read, page_table_shareable"},
	 RED_BY("scenario")},
	{},
};

static const struct scenario protect_vs_share = {
	.name = "protect_vs_share",
	.help = "a hugetlb mapping becomes read-only while another mm looks for a table to share",
	.setup = setup_readonly,
	.actor = {protect, fault_and_store},
	.cases = cases,
};
SCENARIO(protect_vs_share);

static const struct scenario allow_vs_share = {
	.name = "allow_vs_share",
	.help = "a hugetlb mapping becomes writable while another mm looks for a table to share",
	.setup = setup_writable,
	.actor = {allow_and_store, fault_to_write},
	.cases = cases,
};
SCENARIO(allow_vs_share);
