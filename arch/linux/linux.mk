# SPDX-License-Identifier: GPL-2.0
# The explorer of one Linux tree: make -f arch/linux/linux.mk D=build/linux-HASH, by
# tools/linux/build.sh. D comes from tools/linux/prepare.sh: source, obj, cflags.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules --no-print-directory
CC      := gcc
TREE    := $(realpath $D/source)
O       := $D/lx
# Of the tree, unmodified: what is explored, and the small files below it.
REAL    := arch/x86/mm/tlb.c kernel/smp.c mm/mmu_gather.c mm/pgtable-generic.c mm/gup.c
BELOW   := kernel/locking/spinlock.c lib/find_bit.c lib/bitmap.c lib/hweight.c lib/llist.c lib/cpumask.c \
	arch/x86/mm/pgtable.c
OURS    := linux_world.c linux_mm.c linux_stubs.c
CFLAGS  := -Iarch/linux -Iarch/linux/include -I$O/shim $(filter-out -DKBUILD_% -D__KBUILD_%,$(shell cat $D/cflags)) \
	-DKBUILD_MODFILE='"tree"' -DKBUILD_BASENAME='"tree"' -DKBUILD_MODNAME='"tree"' -D__KBUILD_MODNAME=tree -fno-builtin \
	-fno-jump-tables -ffile-prefix-map=$(TREE)/=
TSAN    := -fsanitize=thread --param=tsan-distinguish-volatile=1 --param=tsan-instrument-func-entry-exit=1
SHIM    := $(wildcard arch/linux/*.h arch/linux/include/asm/*.h arch/linux/include/asm/*/*.h) $O/shim/asm/tlb.h \
	$D/cflags arch/linux/linux.mk
OBJS    := $(addprefix $O/,$(addsuffix .o,$(REAL) $(BELOW) $(OURS)))

all: $D/explore

$O/shim/asm/tlb.h: $(TREE)/arch/x86/include/asm/tlb.h tools/linux/shim-tlb.sh
	@mkdir -p $(@D)
	@tools/linux/shim-tlb.sh $< >$@

$(addprefix $O/,$(addsuffix .o,$(REAL) $(BELOW))): $O/%.o: $(TREE)/% $(SHIM)
	@printf '  %-7s %s\n' LINUX $*
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(TSAN) -c -o $@ $<
	@tools/linux/scan.sh $* $@

$(addprefix $O/,$(addsuffix .o,$(OURS))): $O/%.o: arch/linux/% $(SHIM)
	@printf '  %-7s %s\n' LINUX arch/linux/$*
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(TSAN) -c -o $@ $<

# In mm/mmu_gather.c the sync is the tree's; all others call linux_mm.c's, which calls it.
$O/mm/mmu_gather.c.renamed: $O/mm/mmu_gather.c.o
	@objcopy --redefine-sym tlb_remove_table_sync_one=real_tlb_remove_table_sync_one $< $@

$O/linux.o: $(OBJS) $O/mm/mmu_gather.c.renamed arch/linux/linux.ld tools/linux/stubs.sh
	@printf '  %-7s %s\n' STUBS $@
	@ld -r -o $O/real.o $(filter-out %/mmu_gather.c.o,$(OBJS)) $O/mm/mmu_gather.c.renamed
	@tools/linux/stubs.sh $(TREE) $O/real.o $O >$O/stubs.c
	@$(CC) -w -c -O1 -fno-builtin -fno-pie -o $O/stubs.o $O/stubs.c
	@ld -r -T arch/linux/linux.ld -o $O/merged.o $O/real.o $O/stubs.o
	@objcopy --prefix-symbols=lx_ $O/merged.o $@
	@objcopy --redefine-sym lx_model_cpu_off=model_cpu_off --redefine-sym lx___per_cpu_offset=__per_cpu_offset \
		--redefine-sym lx_const_current_task=lx_current_task $@

$D/explore: $O/linux.o build/model-linux/kernel.o build/model-linux/host.o
	@printf '  %-7s %s\n' LD $@
	@$(CC) -no-pie -o $@ build/model-linux/kernel.o $O/linux.o build/model-linux/host.o
