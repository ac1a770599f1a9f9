/* SPDX-License-Identifier: GPL-2.0 */
/*
 * left: nothing is left of a phase of the torture: no frame, no count, no lock. A table that is
 * still in deposit, or the mask of an unsharer's debt, is a frame.
 *
 * Shadow: for each frame the phase in which it was allocated, by which operation, and when.
 */
#include <kernel/lockrank.h>
#include <kernel/memblock.h>
#include <kernel/sched.h>
#include <mm/page_alloc.h>
#include <tests/left.h>
#include <tests/oracle.h>

struct frame {
	u64 tsc;
	u32 phase; /* 0: free, or allocated before it was watched */
	u8 op, type;
};
static struct frame *frames; /* [pfn]; owner of the frame */
static u32 phase;
static unsigned long free_before;

static const struct oracle left_oracle;

static void left_alloc(const struct event *ev)
{
	frames[ev->a] = (struct frame){
		.tsc = ev->tsc,
		.phase = READ_ONCE(phase),
		.op = (u8)op_of_task(ev->task),
		.type = (u8)ev->c,
	};
}
OBSERVER(PAGE_ALLOC, left_alloc);

static void left_free(const struct event *ev)
{
	frames[ev->a].phase = 0;
}
OBSERVER(PAGE_FREE, left_free);

void left_begin(void)
{
	WRITE_ONCE(phase, phase + 1);
	free_before = nr_free_pages();
}

static const char *type_name(unsigned int type)
{
	static const char *const names[] = {
		[PAGE_ANON] = "an anonymous page",	[PAGE_FILE] = "a page of a file",
		[PAGE_HUGETLB] = "a page of hugetlb",	[PAGE_TABLE] = "a page table",
		[PAGE_KERNEL] = "memory of the kernel",
	};

	return type < ARRAY_SIZE(names) && names[type] ? names[type] : "?";
}

/* Return: how many frames of this phase are not free. The first one is the verdict. */
static unsigned long judge_frames(void)
{
	unsigned long first = 0, n = 0;

	for (unsigned long pfn = 1; pfn < max_pfn; pfn++) {
		if (frames[pfn].phase != phase)
			continue;
		n++;
		first = first ?: pfn;
	}
	if (n)
		oracle_fail(&left_oracle, frames[first].op, NO_CPU, frames[first].tsc,
			    ABOUT_PAGE(first),
			    "%lu blocks are not free, the first is frame %#lx, %s, count %d", n,
			    first, type_name(frames[first].type),
			    page_ref_count(pfn_to_page(first)));
	return n;
}

/* A frame that the shadow holds for free has no references, mappings, pins. */
static void judge_counts(void)
{
	for (unsigned long pfn = 1; pfn < max_pfn; pfn++) {
		struct page *page = pfn_to_page(pfn);

		if (READ_ONCE(page->type) != PAGE_BUDDY)
			continue;
		if (!page_ref_count(page) && !atomic_read(&page->_mapcount) &&
		    !atomic_read(&page->_pincount))
			continue;
		oracle_fail(&left_oracle, frames[pfn].op, NO_CPU, frames[pfn].tsc, ABOUT_PAGE(pfn),
			    "frame %#lx is free, and has %d references, %d mappings, %d pins", pfn,
			    page_ref_count(page), atomic_read(&page->_mapcount),
			    atomic_read(&page->_pincount));
		return;
	}
}

void left_judge(void)
{
	if (oracle_violations() || judge_frames())
		return;
	judge_counts();
	if (nr_free_pages() != free_before)
		oracle_fail(&left_oracle, 0, NO_CPU, 0, ABOUT_NOTHING,
			    "%lu frames are free, %lu were when the phase began", nr_free_pages(),
			    free_before);
}

bool left_locks(unsigned int op)
{
	struct task_struct *t = current;

	if (likely(!t->nr_held))
		return true;
	oracle_fail(&left_oracle, op, NO_CPU, 0, ABOUT_NOTHING, "%s holds %s after its step",
		    t->name, t->held[0].name);
	while (t->nr_held)
		lock_rank_pop(t, t->held[0].lock);
	return false;
}

static void left_init(void)
{
	frames = memblock_alloc_or_die(PFN_DOWN(memblock_end()) * sizeof(*frames), 64,
				       "shadow of frames that are left");
}

static const struct oracle left_oracle = {
	.name = "left",
	.help = "after a phase every frame is free, every count 0, no lock held",
	.init = left_init,
};
ORACLE(left_oracle);
