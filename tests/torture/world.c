/* SPDX-License-Identifier: GPL-2.0 */
/* The mms and regions of a phase. Made before its threads, freed after them. */
#include <kernel/string.h>
#include <tests/torture.h>

#define MAX_MMS 96
static struct tmm mms[MAX_MMS];
static unsigned int nr_mms;

struct tmm *world_add_mm(const char *name)
{
	struct tmm *t;

	if (nr_mms == MAX_MMS)
		return NULL;
	t = &mms[nr_mms];
	memset(t, 0, sizeof(*t));
	t->mm = mm_alloc(name);
	if (!t->mm)
		return NULL;
	nr_mms++;
	return t;
}

struct region *world_add_region(struct tmm *tmm, unsigned int op, unsigned long start,
				unsigned long stride, unsigned int nr, u64 tag_id)
{
	struct region *r = &tmm->regions[tmm->nr_regions];

	BUG_ON(tmm->nr_regions == MAX_REGIONS);
	*r = (struct region){
		.tmm = tmm,
		.op = op,
		.start = start,
		.stride = stride,
		.nr = nr,
		.tag_id = tag_id,
	};
	tmm->nr_regions++;
	return r;
}

u64 world_new_tag(void)
{
	static u64 last;

	return ++last;
}

unsigned int world_nr_mms(void)
{
	return nr_mms;
}

struct tmm *world_mm(unsigned int i)
{
	return &mms[i];
}

void world_destroy(void)
{
	while (nr_mms)
		mm_free(mms[--nr_mms].mm);
	rcu_barrier();
}
