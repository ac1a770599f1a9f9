# SPDX-License-Identifier: GPL-2.0
# build/bench-linux/init: static, so that an initramfs needs nothing else.
LB      := build/bench-linux
LSRCS   := $(wildcard tests/bench-linux/*.c)
LOBJS   := $(patsubst tests/bench-linux/%.c,$(LB)/%.o,$(LSRCS))
LCFLAGS := -std=gnu11 -O2 -g -pthread -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes

$(LB)/init: $(LOBJS) $(LB)/.objs $(LB)/.flags
	$(call say,LD,$@)
	$(Q)$(CC) $(LCFLAGS) -static -o $@ $(LOBJS)

$(LB)/.flags: what = $(CC) $(LCFLAGS)
$(LB)/.objs: what = $(LOBJS)
$(LB)/.flags $(LB)/.objs: FORCE
	@mkdir -p $(@D)
	@echo '$(what)' | cmp -s - $@ || echo '$(what)' >$@

$(LOBJS): $(LB)/%.o: tests/bench-linux/%.c $(LB)/.flags
	$(call say,GUEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LCFLAGS) -MMD -MP -c -o $@ $<

-include $(LOBJS:.o=.d)
