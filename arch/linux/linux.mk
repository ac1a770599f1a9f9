# SPDX-License-Identifier: GPL-2.0
# The explorer of one Linux tree: make -f arch/linux/linux.mk D=build/linux-HASH E=DIR, by
# tools/linux/build.sh. D comes from tools/linux/prepare.sh: source, obj, cflags. E/explore is made.
# EDITED: a directory with some files of the tree that are taken in place of the tree's. If a header
# is among them all is compiled anew, in E; else the objects of other files are D's.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules --no-print-directory
CC      := gcc
TREE    := $(realpath $D/source)
O       := $D/lx
HEADERS := $(if $(EDITED),$(shell find $(EDITED) -name '*.h'))
OURS_IN := $(if $(HEADERS),$E/lx,$O)
BROADCAST := $(shell grep -l '^static void use_global_asid' $(TREE)/arch/x86/mm/tlb.c)
# Of the tree, unmodified: what is explored, and the small files below it.
REAL    := $(if $(BROADCAST),,arch/x86/mm/tlb.c) kernel/smp.c mm/mmu_gather.c mm/pgtable-generic.c mm/gup.c mm/hugetlb.c mm/memory.c \
	mm/mremap.c
BELOW   := kernel/locking/spinlock.c kernel/locking/rwsem.c mm/rmap.c lib/find_bit.c lib/bitmap.c lib/hweight.c lib/llist.c lib/cpumask.c \
	arch/x86/mm/pgtable.c arch/x86/mm/hugetlbpage.c mm/folio-compat.c
OURS    := linux_world.c linux_mm.c linux_stubs.c linux_sched.c linux_hugetlb.c linux_6_1.c
config   = $(filter CONFIG_$1=y,$(shell cat $D/obj/.config))
OURS    += $(if $(call config,PARAVIRT),linux_pv.c) $(if $(call config,KVM_GUEST),,linux_no_kvm.c)
OURS    += $(if $(BROADCAST),,linux_no_invlpgb.c)
# A tree that has no INVLPG in a header has it in this file, of which a copy without is compiled.
COPIED  := $(if $(shell grep 'asm.*"invlpg' $(TREE)/arch/x86/mm/tlb.c),arch/x86/mm/tlb.c)
# A file of ours that includes one of the tree whole, for its static functions: FILE=OURS.
AROUND  := mm/khugepaged.c=linux_khugepaged.c $(if $(BROADCAST),arch/x86/mm/tlb.c=linux_tlb.c) \
	$(if $(call config,KVM_GUEST),arch/x86/kernel/kvm.c=linux_kvm.c)
# What AROUND includes comes from EDITED, if it is there.
CFLAGS  := $(if $(EDITED),-I$(EDITED)) -Iarch/linux -Iarch/linux/include -I$(OURS_IN)/shim \
	$(if $(HEADERS),-I$(EDITED)/arch/x86/include -I$(EDITED)/include) $(filter-out -DKBUILD_% -D__KBUILD_%,$(shell cat $D/cflags)) \
	-DKBUILD_MODFILE='"tree"' -DKBUILD_BASENAME='"tree"' -DKBUILD_MODNAME='"tree"' -D__KBUILD_MODNAME=tree \
	-Werror=implicit-function-declaration -fno-builtin -fno-jump-tables -ffile-prefix-map=$(TREE)/= $(if $(EDITED),-ffile-prefix-map=$(EDITED)/=)
TSAN    := -fsanitize=thread --param=tsan-distinguish-volatile=1 --param=tsan-instrument-func-entry-exit=1
SHIM    := $(wildcard arch/linux/*.h arch/linux/include/asm/*.h arch/linux/include/asm/*/*.h) $(if $(COPIED),,$(OURS_IN)/shim/asm/tlb.h) \
	$D/cflags arch/linux/linux.mk

edited   = $(if $(EDITED),$(wildcard $(EDITED)/$1))
inside   = $(firstword $(subst =, ,$1))
around   = $(lastword $(subst =, ,$1))
# An object of an edited file lies in E, all others are shared.
object   = $(if $(HEADERS)$(call edited,$1),$E/lx,$O)/$2.o
OBJS    := $(foreach f,$(REAL) $(BELOW),$(call object,$f,$f)) $(addprefix $(OURS_IN)/,$(addsuffix .o,$(OURS))) \
	$(foreach a,$(AROUND),$(call object,$(call inside,$a),$(call around,$a)))
HEARD_IN := mm/mmu_gather.c mm/pgtable-generic.c
MERGED  := $(foreach o,$(OBJS),$(if $(filter $(addprefix %/,$(HEARD_IN)),$(o:.o=)),$(o:.o=.heard),$o))

all: $E/explore

$(OURS_IN)/shim/asm/tlb.h: $(or $(call edited,arch/x86/include/asm/tlb.h),$(TREE)/arch/x86/include/asm/tlb.h) tools/linux/shim-tlb.sh
	@mkdir -p $(@D)
	@tools/linux/shim-tlb.sh $< >$@

$O/copy/%: $(TREE)/% tools/linux/shim-tlb.sh
	@mkdir -p $(@D)
	@tools/linux/shim-tlb.sh $< >$@

# The answer names the file so.
COPY    = -I$(TREE)/$(dir $*) -fmacro-prefix-map=$(<:$*=)= -fdebug-prefix-map=$<='$*(but-INVLPG)'

# compile NAME FLAGS
define compile
@printf '  %-7s %s\n' LINUX $1
@mkdir -p $(@D)
@$(CC) $(CFLAGS) $2 $(TSAN) -c -o $@ $<
@tools/linux/scan.sh $1 $@
endef

$(foreach f,$(filter-out $(COPIED),$(REAL) $(BELOW)),$O/$f.o): $O/%.o: $(TREE)/% $(SHIM)
	$(call compile,$*)
$(COPIED:%=$O/%.o): $O/%.o: $O/copy/% $(SHIM)
	$(call compile,$*,$(COPY))
$(foreach f,$(OURS),$O/$f.o): $O/%.o: arch/linux/% $(SHIM)
	$(call compile,arch/linux/$*,-I$(TREE))
$(foreach a,$(AROUND),$(eval $O/$(call around,$a).o: $(TREE)/$(call inside,$a)))
$(foreach a,$(AROUND),$O/$(call around,$a).o): $O/%.o: arch/linux/% $(SHIM)
	$(call compile,arch/linux/$*,-I$(TREE))

ifneq ($(EDITED),)
.SECONDEXPANSION:
$E/lx/copy/%: $$(or $$(call edited,$$*),$(TREE)/$$*) tools/linux/shim-tlb.sh
	@mkdir -p $(@D)
	@tools/linux/shim-tlb.sh $< >$@

$(foreach f,$(filter-out $(COPIED),$(REAL) $(BELOW)),$E/lx/$f.o): $E/lx/%.o: $$(or $$(call edited,$$*),$(TREE)/$$*) $(SHIM)
	$(call compile,$*,-I$(TREE)/$(dir $*))
$(COPIED:%=$E/lx/%.o): $E/lx/%.o: $E/lx/copy/% $(SHIM)
	$(call compile,$*,$(COPY))
$(foreach f,$(OURS),$E/lx/$f.o): $E/lx/%.o: arch/linux/% $(SHIM)
	$(call compile,arch/linux/$*,-I$(TREE))
$(foreach a,$(AROUND),$(eval $E/lx/$(call around,$a).o: $(call edited,$(call inside,$a))))
$(foreach a,$(AROUND),$E/lx/$(call around,$a).o): $E/lx/%.o: arch/linux/% $(SHIM)
	$(call compile,arch/linux/$*,-I$(TREE) -I$(TREE)/mm -I$(TREE)/arch/x86/mm)
endif

# What the oracles hear of: the file of the tree that has it calls it real_*, all others call the
# function of that name in linux_mm.c, which calls that.
HEARD   := tlb_remove_table_sync_one tlb_remove_table_sync_mm pgtable_trans_huge_deposit
%.c.heard: %.c.o
	@objcopy $(foreach f,$(HEARD),--redefine-sym $f=real_$f) $< $@

$E/lx/linux.o: $(MERGED) arch/linux/linux.ld tools/linux/stubs.sh
	@printf '  %-7s %s\n' STUBS $@
	@mkdir -p $(@D)
	@ld -r -o $(@D)/real.o $(MERGED)
	@tools/linux/stubs.sh $(TREE) $(@D)/real.o $(@D) >$(@D)/stubs.c
	@$(CC) -w -c -O1 -fno-builtin -fno-pie -o $(@D)/stubs.o $(@D)/stubs.c
	@ld -r -T arch/linux/linux.ld -o $(@D)/merged.o $(@D)/real.o $(@D)/stubs.o
	@objcopy --prefix-symbols=lx_ $(@D)/merged.o $@
	@objcopy --redefine-sym lx_model_cpu_off=model_cpu_off --redefine-sym lx___per_cpu_offset=__per_cpu_offset \
		--redefine-sym lx_const_current_task=lx_current_task --redefine-sym lx_const_pcpu_hot=lx_pcpu_hot $@

$E/explore: $E/lx/linux.o build/model-linux/kernel.o build/model-linux/host.o
	@printf '  %-7s %s\n' LD $@
	@$(CC) -no-pie -o $@ build/model-linux/kernel.o $E/lx/linux.o build/model-linux/host.o

.PHONY: all
.DELETE_ON_ERROR:
