# SPDX-License-Identifier: GPL-2.0
# The tests of the search engine: build/explore/litmus, an ordinary program. Also alone:
# make -f tests/explore/explore.mk build/explore/litmus
XB      := build/explore
XSRCS   := $(addprefix tests/explore/,contract.c engine.c minimise.c object.c parallel.c path.c progress.c \
	race.c replay.c states.c) $(wildcard tests/explore/litmus_*.c)
XOBJS   := $(patsubst tests/explore/%.c,$(XB)/%.o,$(XSRCS))
XCFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes \
	-Itests/explore/include $(XSAN)

$(XB)/litmus: $(XOBJS) $(XB)/.objs $(XB)/.flags
	$(call say,LD,$@)
	$(Q)$(CC) $(XCFLAGS) -o $@ $(XOBJS)

# Rewritten only when they change, as in Makefile.
.PHONY: FORCE
$(XB)/.flags: what = $(CC) $(XCFLAGS)
$(XB)/.objs: what = $(XOBJS)
$(XB)/.flags $(XB)/.objs: FORCE
	@mkdir -p $(@D)
	@echo '$(what)' | cmp -s - $@ || echo '$(what)' >$@

$(XOBJS): $(XB)/%.o: tests/explore/%.c $(XB)/.flags
	$(call say,HOST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(XCFLAGS) -MMD -MP -c -o $@ $<

-include $(XOBJS:.o=.d)
