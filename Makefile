# EcoScooter Support. Two commands start everything: `make run` and `make test`; `make help` lists the rest.
#
#   O=DIR     output tree (default build/release, or build/<SAN> with SAN)
#   SAN=...   address (ASan + UBSan) or thread (TSan)
#   CC=...    gcc (default) or clang

CC := gcc
SAN ?=
O ?= build/$(or $(SAN),release)
NODE ?= node

# ---- flags ------------------------------------------------------------------------------------
WARN := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
	-Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla -Wundef -Wswitch-enum \
	-Wimplicit-fallthrough -Wnull-dereference -Werror
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIE
MODE_ := -O2 -g -D_FORTIFY_SOURCE=3
MODE_address := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DSANITIZED=1
MODE_thread := -O1 -g -fsanitize=thread -DSANITIZED=1
CFLAGS := $(WARN) $(HARDEN) $(MODE_$(SAN)) -I. -I$(O)/gen -include base/banned.h -MMD -MP
LDFLAGS := -pie -Wl,-z,relro,-z,now $(if $(SAN),$(filter -fsanitize%,$(MODE_$(SAN))))
LDLIBS := -levent -levent_pthreads -lhiredis -lsqlite3 -lcurl -ljansson -ljwt -lsodium -lz -lpthread

# ---- rooms: each folder is a library; process folders have a main.c besides ---------------------
base_src := $(wildcard base/*.c base/http/*.c)
domain_src := $(wildcard domain/*.c)
store_src := $(wildcard store/*.c)
redis_src := $(wildcard redis/*.c)
telegram_src := $(wildcard telegram/*.c)
sandbox_src := $(filter-out %/main.c,$(wildcard telegram/sandbox/*.c))
api_src := $(filter-out %/main.c,$(wildcard api/*.c))
workers_src := $(filter-out %/main.c,$(wildcard workers/*.c))
bots_src := $(filter-out %/main.c,$(wildcard bots/*.c))
scheduler_src := $(filter-out %/main.c,$(wildcard scheduler/*.c))
ctl_src := $(filter-out %/main.c,$(wildcard ctl/*.c))

# What a room stands on, nearest first (also the link order).
lower := domain base
api_libs := api store redis telegram $(lower)
workers_libs := workers store redis telegram $(lower)
bots_libs := bots store redis telegram $(lower)
scheduler_libs := scheduler store redis telegram $(lower)
ctl_libs := ctl store redis telegram $(lower)
sandbox_libs := sandbox telegram $(lower)
store_libs := store $(lower)
redis_libs := redis $(lower)
telegram_libs := telegram $(lower)
domain_libs := $(lower)
base_libs := base

PROGRAMS := api workers bots scheduler ecoctl sandbox
BIN := $(PROGRAMS:%=$(O)/bin/%)

.PHONY: all run dev test unit e2e web deps test-deps lint layers sizes tidy format san tsan fuzz bench openapi clean help
.DEFAULT_GOAL := all
.SECONDARY:

all: $(BIN)

obj = $(1:%.c=$(O)/obj/%.o)
define room
$(O)/lib/$(1).a: $$(call obj,$$($(1)_src))
	@mkdir -p $$(@D) && rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach r,base domain store redis telegram sandbox api workers bots scheduler ctl,$(eval $(call room,$(r))))

define program
$(O)/bin/$(1): $(O)/obj/$(2)/main.o $$($(3)_libs:%=$(O)/lib/%.a)
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach p,api workers bots scheduler,$(eval $(call program,$(p),$(p),$(p))))
$(eval $(call program,ecoctl,ctl,ctl))
$(eval $(call program,sandbox,telegram/sandbox,sandbox))

# Generated tables come first: SQL statements and Lua scripts as C.
GEN := $(O)/gen/store/sql_list.h $(O)/gen/redis/script_list.h
$(O)/obj/%.o: %.c Makefile | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<
$(O)/gen/store/sql_list.h: store/sql_list.awk $(wildcard store/*.sql)
	@mkdir -p $(@D)
	awk -f $^ > $@.new && mv $@.new $@
$(O)/gen/redis/script_list.h: redis/script_list.awk $(wildcard redis/*.lua)
	@mkdir -p $(@D)
	awk -f $^ > $@.new && mv $@.new $@
-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)

# ---- tests: tests/unit/<room>_<module>_test.c links its room and what that stands on -------------
UNIT_SRC := $(wildcard tests/unit/*_test.c)
UNIT := $(UNIT_SRC:tests/unit/%.c=$(O)/test/%)
HELP_SRC := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
room_of = $(firstword $(subst _, ,$(1)))
.SECONDEXPANSION:
$(O)/test/%: $(O)/obj/tests/unit/%.o $$(call obj,$$(HELP_SRC)) $$(foreach l,$$($$(call room_of,$$*)_libs),$(O)/lib/$$l.a)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)
# make unit-<name> builds and runs one: unit-base_str
unit-%: $(O)/test/%_test
	$<

clean:
	rm -rf build web/dist
