# SPDX-License-Identifier: GPL-2.0
# The kernel image. One layer, one include path: what a layer cannot name it cannot use.
# How an image is run is run.sh's business; the variables of both stand in tools/variables.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

# A misspelt variable would silently mean its default.
given := $(strip $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v)))
ifneq ($(given),)
unknown := $(shell tools/variables.sh check $(given))
ifneq ($(unknown),)
$(error $(unknown))
endif
endif

FLAVOUR ?= debug
ifneq ($(SAN),)
FLAVOUR := san
endif
B       := build/$(FLAVOUR)$(if $(NO_TESTS),-notests)
ifneq ($(filter default undefined,$(origin CC)),)
CC      := gcc
endif

CFLAGS_debug :=
# What only a hook looks at is unused without hooks; the debug flavour still warns.
CFLAGS_bench := -DCONFIG_HOOKS=0 -DCONFIG_DEBUG_VM=0 -DCONFIG_LOCKDEP=0 -DCONFIG_PROVE_LOCKING=0 \
	-Wno-unused-variable -Wno-unused-but-set-variable
# Accesses, undefined behaviour and stacks are checked: kernel/kasan.c, ubsan.c, stackprotector.c.
SAN_FILES := $(addprefix kernel/,kasan.c ubsan.c stackprotector.c)
SAN_CHECKS := -fsanitize=kernel-address --param=asan-instrumentation-with-call-threshold=0 --param=asan-stack=0 --param=asan-globals=1 \
	-fsanitize=undefined -fno-sanitize=alignment,vptr -fstack-protector-strong -mstack-protector-guard=global
CFLAGS_san := -DCONFIG_KASAN=1
ifeq ($(FLAVOUR),san)
ifneq ($(shell $(CC) -v 2>&1 | grep -c '^gcc version'),1)
$(error SAN=1 takes gcc: the checks are called by names of gcc's; leave CC= out)
endif
endif
ifeq ($(filter CFLAGS_$(FLAVOUR),$(.VARIABLES)),)
$(error FLAVOUR=$(FLAVOUR): no such flavour, there are: $(patsubst CFLAGS_%,%,$(sort $(filter CFLAGS_%,$(.VARIABLES)))))
endif

CFLAGS := -std=gnu11 -O2 -g -ffreestanding -nostdlib -fno-pic -fno-pie -mcmodel=kernel \
	-mno-red-zone -mgeneral-regs-only -fno-stack-protector -fno-strict-aliasing \
	-fno-asynchronous-unwind-tables -fno-omit-frame-pointer -fno-common -fwrapv -fcf-protection=none \
	-Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wmissing-prototypes -Wstrict-prototypes \
	-Wundef -Wvla $(CFLAGS_$(FLAVOUR))

INC_kernel   := -Ikernel/include -Iarch/x86/include -Iarch/x86/mm/include
INC_arch/x86 := $(INC_kernel) -Iboot/include
INC_boot     := $(INC_arch/x86)
INC_mm       := $(INC_kernel) -Imm/include
INC_arch/x86/mm := $(INC_mm)
INC_tests    := $(INC_mm) -Itests/include

INC_tests/scenario := $(INC_tests) -Iarch/model/include
INC_tests/metal := -Itests/metal/include $(INC_tests/scenario) -Itests/explore/include -Itests/explore
INC_tests/explore := -Itests/metal/include $(INC_tests) -Itests/explore/include

DIRS := boot kernel arch/x86 arch/x86/mm mm $(if $(NO_TESTS),,$(wildcard tests/oracle tests/backend tests/unit tests/busted tests/torture tests/bench))
# The scenarios, and the search that drives CPUs through them: where there are hooks.
ifeq ($(FLAVOUR)$(NO_TESTS),debug)
DIRS += tests/metal
SEARCH := $(addprefix tests/explore/,engine.c minimise.c object.c path.c race.c replay.c)
SCENES := $(filter-out %/hardware.c %/judge.c %/operand_vs_cpu.c,$(wildcard tests/scenario/*.c))
endif
SRCS := $(foreach d,$(DIRS),$(wildcard $d/*.c $d/*.S)) $(SCENES) $(SEARCH)
ifneq ($(FLAVOUR),san)
SRCS := $(filter-out $(SAN_FILES),$(SRCS))
endif
OBJS := $(patsubst %,$B/%.o,$(SRCS))
layer = $(or $(filter $(patsubst %/,%,$(dir $1)),$(patsubst INC_%,%,$(filter INC_%,$(.VARIABLES)))),tests)

# V=1 shows the commands.
Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-7s %s\n' $1 $(patsubst $B/%,%,$2))

# Linked twice: the symbol table, for backtraces and histories, is made from the first image. See linker.ld.
LINK := $(CC) -nostdlib -static -Wl,-z,max-page-size=4096 -Wl,--build-id=none -Wl,-T,linker.ld
$B/shootdown.elf: $(OBJS) linker.ld tools/kallsyms.sh tools/places.sh $B/.objs $B/.flags
	$(call say,LD,$@)
	$(Q)$(LINK) -o $B/first.elf $(OBJS)
	$(Q)tools/kallsyms.sh $B/first.elf >$B/kallsyms.S
	$(Q)tools/places.sh $B/first.elf >>$B/kallsyms.S
	$(Q)$(CC) -c -o $B/kallsyms.o $B/kallsyms.S
	$(Q)$(LINK) -o $@ $(OBJS) $B/kallsyms.o

$B/%.o: % $B/.flags
	$(call say,$(if $(filter %.S,$<),AS,CC),$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SAN_FLAGS) $(INC_$(call layer,$<)) -MMD -MP -c -o $@ $<
	$(Q)$(if $(filter tests/metal/% tests/scenario/trace.c $(SEARCH),$<),$(APART) $@)

# The search counts seconds in floating point, on a CPU that does nothing else. What it keeps
# is told apart from the kernel's, which it puts back.
$(patsubst %,$B/%.o,$(SEARCH) $(addprefix tests/metal/,alone.c job.c libc.c replay.c world.c)): CFLAGS := $(filter-out -mgeneral-regs-only -Wmissing-prototypes,$(CFLAGS)) -Wno-sign-compare -Wno-unused-parameter
APART := objcopy --rename-section .bss=.bss..explorer --rename-section .data=.data..explorer

# What checks is not checked.
$(filter-out $(addprefix $B/,$(SAN_FILES:=.o)),$(OBJS)): private SAN_FLAGS := $(if $(filter san,$(FLAVOUR)),$(SAN_CHECKS))

# Rewritten when they would change, so that other flags or another set of files rebuild.
$B/.flags: what = $(CC) $(CFLAGS) $(if $(filter san,$(FLAVOUR)),$(SAN_CHECKS))
$B/.objs: what = $(OBJS)
$B/.flags $B/.objs: FORCE
	@mkdir -p $(@D)
	@echo '$(what)' | cmp -s - $@ || echo '$(what)' >$@

-include $(OBJS:.o=.d)

include arch/model/model.mk
include tests/explore/explore.mk
include tests/bench-linux/bench-linux.mk

# Each target that make help lists, but for files.
.PHONY: FORCE kvm-host $(filter-out compile_commands.json,$(shell sed -n '/^[a-z0-9-]*:.*\#\# /s/:.*//p' Makefile))
.DELETE_ON_ERROR:

help: ## this list
	@tools/variables.sh help-make $(MAKEFILE_LIST)
run: ## build what is missing, boot, race every operation against walkers, print the verdicts
	@./run.sh --again
matrix: ## every operation on every backend under every policy: one table, as expected or red
	@tools/matrix.py
check: ## everything that can be red: builds, unit tests, torture, busted variants, bad input
	@tools/check.sh
qemu-invlpgb: ## build/qemu-invlpgb: a QEMU with INVLPGB and TLBSYNC, from Debian's source package
	@tools/qemu/build.sh
check-invlpgb: qemu-invlpgb ## what executes real INVLPGB instructions, on that QEMU (docs/machines.md)
	@tools/check.sh tests/host-invlpgb
kvm-host:
	@tools/kvm/fetch.sh
check-kvm: kvm-host ## the image on a real KVM without hardware: nested in QEMU's TCG (docs/machines.md)
	@tools/check.sh tests/host-kvm
bochs: ## build/bochs: Debian 13's Bochs 3.0, unpacked, not installed
	@tools/bochs/fetch.sh
check-bochs: bochs ## the image on Bochs: PCIDs, another firmware, CPUs that take turns (docs/machines.md)
	@tools/check.sh tests/host-bochs
check-linux: ## Linux's own code, of Debian 12, 13 and its backports, under the search; fixes undone (docs/linux.md)
	@tools/check.sh tests/host-linux
check-debian13: ## make check in a chroot of Debian 13, made by debootstrap; as root (docs/machines.md)
	@tools/chroot-check.sh trixie
iso: ## build/shootdown.iso: BIOS, UEFI or USB stick, console on the first serial port
	@tools/mkiso.sh
debug: ## the same as run, stopped before its first instruction, waiting for GDB
	@./run.sh --debug
gdb: ## attach GDB to what make debug has started: stops at a violation, and knows the kernel (docs/debugging.md)
	@tools/setup.sh debug
	@gdb -q -x tools/gdb/shootdown.gdb -ex 'shootdown break-violation' $(or $(IMAGE),$B/shootdown.elf)
bench: ## what the second IPI costs: a sweep over CPUs, policies, backends (docs/bench.md); BENCH=: one boot
	@tools/bench.py
bench-check: ## ratios and counts of a short bench against tests/bench/baseline-*: red if a policy became slower
	@tools/bench.py check
bench-linux: ## a real Linux beside it: IPIs of the same operations, Debian's kernel or KERNEL= (docs/bench.md)
	@tools/setup.sh guest qemu
	@$(MAKE) $(LB)/init
	@tools/bench_linux.py
bench-model: ## what make bench has kept, as a function of CPUs and mask: fitted, checked, extrapolated to 1,024 CPUs
	@tools/bench_model.py
bench-report: ## make bench, then build/bench/report.txt: machine, image, all tables, the model; to mail
	@status=0; tools/bench.py || status=$$?; [ $$status -le 1 ] || exit $$status; \
	tools/bench_report.py --output $${SHOOTDOWN_BENCH:-build/bench}/report.txt && exit $$status
plots: ## pictures of what make bench has kept, SVG and PNG, into build/bench/plots
	@tools/setup.sh plots
	@tools/bench_plots.py
explore: $(if $(METAL)$(LINUX),,$(MB)/explore) ## every interleaving of every scenario on a modelled x86, each verdict final; PAIRS=1: of programs that nobody wrote
	@tools/explore.sh $(MB)/explore
explore-all: $(MB)/explore ## the same, also of the cases that take long
	@$(MB)/explore --all --jobs $(shell nproc)
campaign: image ## SEEDS=1..40 with each line of CONFIGS=, here or on HOSTS=; failures grouped, and shrunk to the smallest run
	@tools/setup.sh qemu parallel $(if $(HOSTS),hosts)
	@tools/campaign.py $(if $(SEEDS),--seeds '$(SEEDS)') $(if $(CONFIGS),--configs '$(CONFIGS)') $(if $(HOSTS),--hosts '$(HOSTS)')
soak: image ## the same for HOURS=, seed after seed; ends with what was done
	@tools/setup.sh qemu parallel $(if $(HOSTS),hosts)
	@tools/campaign.py --hours '$(or $(HOURS),2)' $(if $(CONFIGS),--configs '$(CONFIGS)') $(if $(HOSTS),--hosts '$(HOSTS)')
mutants: ## bugs of tests/mutants/ put into a copy of the tree, one by one: which are killed, and by what
	@tools/mutants.py
image: $B/shootdown.elf ## only build the kernel
compile_commands.json: FORCE ## how each file of the image and the explorer is compiled, for clangd: compiles all of them
	@tools/setup.sh database
	@bear --output $@ -- $(MAKE) --always-make image $(if $(NO_TESTS),,$(MB)/explore)
format: ## put the C sources into the form that check demands
	@tools/lint.sh --fix
lint: ## formatting, shell, Python, layering, file sizes, names of Linux, retired words, sync points, barrier pairs
	@tools/lint.sh
clean: ## remove build/
	rm -rf build
