# SPDX-License-Identifier: GPL-2.0
# The kernel on the modelled machine, as an ordinary program. The same sources as the image,
# other include paths: <asm/insn.h> and what touches memory come from arch/model.
# RACES=1: the same with a detector of data races (arch/model/race.h). SANITIZE=1: with
# AddressSanitizer and UBSan (arch/model/asan.c).
ifneq ($(if $(RACES),$(SANITIZE)),)
$(error RACES=1 and SANITIZE=1 are two builds: one at a time)
endif
# The model for a Linux tree, without our scenarios: see arch/linux/linux.mk.
MLINUX    := $(filter build/model-linux/%,$(MAKECMDGOALS))
MVARIANT  := $(if $(RACES),-race)$(if $(SANITIZE),-asan)$(if $(MLINUX),-linux)
ifneq ($(RACES)$(SANITIZE),)
ifneq ($(findstring clang,$(shell $(CC) --version 2>/dev/null)),)
$(error RACES=1 and SANITIZE=1 are built by gcc, whose runtimes they replace or call: leave CC=$(CC) out)
endif
endif
comma     := ,
# An oracle says in its registration that it can judge here.
MORACLES  := $(shell grep -l '\.where = .*ORACLE_MODEL' tests/oracle/*.c)
MB        := build/model$(MVARIANT)
MSCENARIO := $(wildcard tests/scenario/*.c tests/pairs/*.c)
ifneq ($(MLINUX),)
MSCENARIO := $(foreach f,$(MSCENARIO),$(if $(findstring _vs_,$f),,$f)) $(wildcard tests/scenario/linux/*.c) $(addprefix arch/linux/,frames.c ipis.c)
# Linux's tables are in Linux's frames.
MORACLES  := $(filter-out tests/oracle/poison.c,$(MORACLES))
endif
MKERNEL   := kernel/smp.c kernel/rcu.c kernel/sched.c kernel/kthread.c kernel/rwsem.c \
	kernel/completion.c kernel/event_format.c kernel/lockrank.c kernel/spinlock.c $(wildcard mm/*.c) $(wildcard arch/x86/mm/*.c) \
	$(MORACLES) $(wildcard tests/busted/*.c) arch/model/pv.c $(MSCENARIO)
MHOST     := $(filter-out arch/model/pv.c,$(wildcard arch/model/*.c)) \
	$(filter-out tests/explore/litmus%,$(wildcard tests/explore/*.c)) $(wildcard tests/oracle/history*.c) \
	$(if $(MLINUX),$(addprefix arch/linux/,steps.c ipis_seen.c stubs_seen.c plain.c real.c))
MINC      := -Iarch/model/include -Ikernel/include -Iarch/x86/include -Iarch/x86/mm/include -Imm/include -Itests/include
MCFLAGS   := -std=gnu11 -O3 -g -ffreestanding -fno-strict-aliasing -fno-common -fwrapv $(if $(RACES)$(SANITIZE),-fno-omit-frame-pointer) -fno-stack-protector -fno-pie \
	-Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wmissing-prototypes -Wstrict-prototypes \
	-Wundef -Wvla -DCONFIG_NR_CPUS=4 -DCONFIG_PROVE_LOCKING=0
# gcc's own runtime is not linked: arch/model/tsan.c replaces it. Tests, oracles and the model
# are not instrumented.
MCHECK-race := -fsanitize=thread --param=tsan-distinguish-volatile=1 --param=tsan-instrument-func-entry-exit=0
MRENAME-race := --redefine-sym memset=race_memset --redefine-sym memcpy=race_memcpy
# A per-CPU variable is reached from the address of another object: no object-size.
# What it finds in the kernel is a verdict, and the search goes on.
MCHECK-asan := -fsanitize=address,undefined -fno-sanitize=object-size -fsanitize-recover=address,undefined --param asan-stack=0
MRENAME-asan := --redefine-sym memset=asan_memset --redefine-sym memcpy=asan_memcpy
mcheck     = $(if $(filter kernel/% mm/% arch/x86/% tests/busted/%,$1),$(MCHECK$(MVARIANT)))
# The host's side. asan.c says what must not be checked, and why. The engine has ordinary stacks.
MUNCHECKED := arch/model/image.c arch/model/lines.c arch/model/snapshot.c arch/model/tlb.c arch/model/uaccess.c
mhostcheck = $(if $(SANITIZE),$(MCHECK-asan) $(if $(filter arch/model/asan.c,$1),,-fno-sanitize-recover=all) $(if $(filter $(MUNCHECKED),$1),-fno-sanitize=address) \
	$(if $(filter tests/explore/%,$1),--param asan-stack=1))
ifneq ($(RACES),)
MCFLAGS   += -DCONFIG_MODEL_RACES=1
endif
ifneq ($(SANITIZE),)
MCFLAGS   += -DCONFIG_MODEL_ASAN=1
endif
ifneq ($(MLINUX),)
MCFLAGS   += -DCONFIG_MODEL_INDEX_BITS=9 -Iarch/linux
endif
# The search and the model call each other several times a step: optimised as one program.
# clang links no part of a program in that way.
MLTO      := $(if $(RACES)$(SANITIZE)$(findstring clang,$(CC)),,-flto=auto)
MKOBJS    := $(patsubst %,$(MB)/%.o,$(MKERNEL))
MHOBJS    := $(patsubst %,$(MB)/%.o,$(MHOST))

# The real locks under other names, and the scenario that explores them. All other scenarios use
# arch/model/spinlock.c.
REALLOCK  := $(foreach f,spin_lock spin_lock_nested spin_trylock spin_unlock spin_is_locked spin_lock_init_rank \
	__lockdep_assert_held,-D$f=real_$f)
$(MB)/kernel/spinlock.c.o $(MB)/tests/scenario/lock_vs_lock.c.o: MCFLAGS += $(REALLOCK)

# Rewritten only when they change, as in Makefile. They hold all flags that the rules use.
$(MB)/.flags: what = $(CC) $(MLTO) $(MCFLAGS) $(REALLOCK) $(MCHECK$(MVARIANT)) $(MUNCHECKED) $(MRENAME$(MVARIANT)) $(MINC)
$(MB)/.objs: what = $(MKOBJS) $(MHOBJS)
$(MB)/.flags $(MB)/.objs: FORCE
	@mkdir -p $(@D)
	@echo '$(what)' | cmp -s - $@ || echo '$(what)' >$@

$(MKOBJS): $(MB)/%.o: % $(MB)/.flags
	$(call say,MODEL,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(MCFLAGS) $(call mcheck,$<) $(MINC) -MMD -MP -c -o $@ $<

$(MHOBJS): $(MB)/%.o: % $(MB)/.flags
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(MLTO) $(filter-out $(if $(filter %/host.c tests/explore/%,$<),-ffreestanding),$(MCFLAGS)) $(call mhostcheck,$<) $(MINC) -Iarch/model -Itests/explore/include -MMD -MP -c -o $@ $<

# The kernel's data gets sections of its own, so that it can be put back.
$(MB)/kernel.o: $(MKOBJS) $(MB)/.objs $(MB)/.flags
	$(Q)ld -r -o $@ $(MKOBJS)
	$(Q)objcopy --set-section-flags .bss=alloc,load,data,contents --rename-section .bss=kbss \
		--rename-section .data=kdata --rename-section .data..percpu=kpercpu \
		--rename-section .data..read_mostly=kmostly $(MRENAME$(MVARIANT)) $@

# The search and the model are optimised as one program once, for every kernel that they are linked with.
$(MB)/host.o: $(MHOBJS) $(MB)/.objs $(MB)/.flags
	$(call say,LD,$@)
	$(Q)$(CC) $(if $(MLTO),$(MLTO) -O3 -flinker-output=nolto-rel -no-pie -g) -r -o $@ $(MHOBJS)

$(MB)/explore: $(MB)/kernel.o $(MB)/host.o
	$(call say,LD,$@)
	$(Q)$(CC) -no-pie $(if $(SANITIZE),-fsanitize=address$(comma)undefined) -o $@ $^

-include $(MKOBJS:.o=.d) $(MHOBJS:.o=.d)
