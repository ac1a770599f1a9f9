/* SPDX-License-Identifier: GPL-2.0 */
/* See frames.h. In the kernel's part of the program: what it keeps is put back. */
#include "frames.h"
#include "ipis.h"
#include "seam.h"
#include <kernel/event.h>
#include <kernel/job.h>
#include <kernel/memblock.h>
#include <kernel/smp.h>
#include <kernel/string.h>
#include <asm/page.h>
#include <asm/percpu.h>
#include <asm/pgtable_types.h>
#include <mm/pt_sync.h>
#include <model/machine.h>

static char *base; /* of Linux's frames */

/* @level: of the table that it is, or 0; @va: the first address that the table serves. */
static struct frame {
	u8 level;
	bool free, withdrawn;
	unsigned long va;
	u64 mm;
} frames[LINUX_FRAMES];

/* The walk that a CPU is going to do, or does (@open); and what it withdrew last. */
static struct cpu_state {
	u64 mm, addr, pages;
	bool wanted, open;
	u64 withdrawn, withdrawn_from;
} cpus[CONFIG_NR_CPUS];

/* A walk that is over leaves nothing that differs, so a checkpoint inside one would lack it. */
void frames_kept(void (*kept)(const void *from, const void *to))
{
	kept(frames, frames + LINUX_FRAMES);
	kept(cpus, cpus + CONFIG_NR_CPUS);
}

static struct cpu_state *here(void)
{
	return &cpus[this_cpu_read(cpu_number)];
}

static void frames_init(void)
{
	base = memblock_alloc_or_die(LINUX_FRAMES * PAGE_SIZE, PAGE_SIZE, "Linux's frames");
}
INITCALL(-1, frames_init);

void *lx_model_frames(void)
{
	return base;
}

static struct frame *frame_of(const volatile void *p)
{
	unsigned long i = ((unsigned long)p - (unsigned long)base) / PAGE_SIZE;

	return i < LINUX_FRAMES ? &frames[i] : NULL;
}

static struct frame *frame_of_pfn(unsigned long pfn)
{
	return frame_of(__va(PFN_PHYS(pfn)));
}

static unsigned long pfn_of(const struct frame *f)
{
	return PFN_DOWN(__pa(base)) + (unsigned long)(f - frames);
}

static void must_not_be_free(const struct frame *f, const char *what)
{
	if (f->free)
		model_fail("frames: CPU%u %s frame %#lx, which is free", this_cpu_read(cpu_number),
			   what, pfn_of(f));
}

void frames_plain(const volatile void *p, bool write)
{
	const struct frame *f = frame_of(p);

	if (f)
		must_not_be_free(f, write ? "writes to" : "reads");
}

bool frames_loaded(const volatile void *p, u64 value)
{
	const struct frame *f = frame_of(p);

	if (!f)
		return false;
	must_not_be_free(f, "reads");
	if (!f->level || (!value && !here()->open))
		return false;
	observe(PT_READ, __pa((const void *)p), value, f->level);
	return true;
}

static unsigned long span(u8 level)
{
	return PAGE_SIZE << (level - 1) * PT_INDEX_BITS;
}

static bool leads_to_table(u64 entry, u8 level)
{
	return entry & _PAGE_PRESENT && level > PT_LEVEL_PTE && !(entry & _PAGE_PSE);
}

static void table(struct frame *f, u8 level, unsigned long va, u64 mm)
{
	f->level = level;
	f->va = va;
	f->mm = mm;
	observe(TABLE_ALLOC, pfn_of(f), level, mm);
}

/* An entry of @f was @old and is @new now. */
static void entry_changed(const struct frame *f, const volatile void *p, u64 old, u64 new)
{
	unsigned long va = f->va + ((unsigned long)p % PAGE_SIZE / 8) * span(f->level);
	struct frame *child;

	if (new && f->level == PT_LEVEL_PTE && f->withdrawn)
		model_fail("frames: CPU%u sets an entry of table %#lx, which is withdrawn",
			   this_cpu_read(cpu_number), pfn_of(f));
	if (new)
		observe(PT_SET, __pa((const void *)p), new, f->level);
	else
		observe(PT_CLEAR, __pa((const void *)p), old, f->level);
	if (leads_to_table(old, f->level) && (old ^ new) & PTE_PFN_MASK) {
		here()->withdrawn = entry_pfn(old);
		here()->withdrawn_from = f->mm;
		frame_of_pfn(entry_pfn(old))->withdrawn = true;
		observe(WITHDRAW, entry_pfn(old), f->mm, va);
	}
	if (!leads_to_table(new, f->level))
		return;
	child = frame_of_pfn(entry_pfn(new));
	if (!child->level)
		table(child, f->level - 1, va, f->mm);
	else if (child->withdrawn)
		observe(REPOPULATE, entry_pfn(new), va, f->mm);
	else
		observe(SHARE, entry_pfn(new), f->mm, va);
	child->withdrawn = false;
}

bool frames_stored(const volatile void *p, u64 old, u64 new)
{
	const struct frame *f = frame_of(p);

	if (!f)
		return false;
	must_not_be_free(f, "writes to");
	if (!f->level || old == new)
		return false;
	entry_changed(f, p, old, new);
	return true;
}

void lx_model_top_table(const void *pgd, unsigned long mm)
{
	table(frame_of(pgd), PT_LEVEL_PGD, 0, mm);
}

/* The next owner of a frame stores into it: a walker inside sees no entry, a load this value. */
#define NEXT_OWNER 0x5a5a5a5a5a5a5a00UL

void lx_model_free(const void *p)
{
	struct frame *f = frame_of(p);
	u64 *words = (u64 *)p;

	if (f->level)
		observe(TABLE_FREE, pfn_of(f), f->level, 0);
	else
		observe(PAGE_FREE, pfn_of(f), 0, 0);
	f->level = 0;
	f->free = true;
	for (unsigned int i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		if (!i || words[i])
			WRITE_ONCE(words[i], NEXT_OWNER);
}

void lx_model_deposit(const void *p, const void *pmd)
{
	const struct frame *f = frame_of(p);

	observe(DEPOSIT, pfn_of(f), __pa(pmd), f->mm);
}

static void walk_end(struct cpu_state *c)
{
	if (c->open)
		observe(WALK_END, c->mm, 0, 0);
	c->open = false;
}

void lx_model_walk(unsigned long mm, unsigned long addr, unsigned long pages)
{
	struct cpu_state *c = here();

	if (!pages)
		walk_end(c);
	c->wanted = pages;
	c->mm = mm;
	c->addr = addr;
	c->pages = pages;
}

void frames_irqs(bool on)
{
	struct cpu_state *c = here();

	if (!on && c->wanted && !c->open) {
		c->open = true;
		observe(WALK_BEGIN, c->mm, c->addr, c->pages);
	} else if (on) {
		walk_end(c);
	}
}

static bool sync_is_empty;

void frames_policy(void)
{
	sync_is_empty = !strcmp(pt_sync_policy()->name, "never");
}

bool lx_model_sync(void)
{
	const struct cpu_state *c = here();

	observe(SYNC_BEGIN, c->withdrawn, c->withdrawn_from,
		sync_is_empty ? SYNC_SKIPPED : SYNC_WAITED);
	ipis_in_sync(true);
	return !sync_is_empty;
}

void lx_model_sync_end(void)
{
	ipis_in_sync(false);
}
