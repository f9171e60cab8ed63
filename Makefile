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
MODE_fuzz := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -DSANITIZED=1
CFLAGS := $(WARN) $(HARDEN) $(MODE_$(SAN)) -I. -I$(O)/gen -include base/banned.h -MMD -MP
LDFLAGS := -pie -Wl,-z,relro,-z,now,--as-needed $(if $(SAN),$(filter -fsanitize%,$(MODE_$(SAN))))
LDLIBS := -levent -levent_pthreads -lhiredis -lsqlite3 -lcurl -ljansson -ljwt -lsodium -lz -lpthread -lm

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

.PHONY: all run dev test unit e2e rota web bench deps test-deps bench-deps lint-deps test-build lint layers sizes tidy \
	faults fault-tests format format-check san tsan tsan-unit memcheck nightly fuzz clean help
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
	awk -v tmp=$@.sha -f $^ > $@.new && mv $@.new $@
-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)
# The sandbox's page is linked in (.incbin), which no .d file tells.
$(O)/obj/telegram/sandbox/page.o: $(wildcard telegram/sandbox/page/*)

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

# ---- benchmarks: tests/bench/<name>_bench.c, against the release build --------------------------
BENCH_SRC := $(wildcard tests/bench/*_bench.c)
BENCH := $(BENCH_SRC:tests/bench/%.c=$(O)/bench/%)
$(O)/bench/%: $(O)/obj/tests/bench/%.o $(O)/lib/store.a $(O)/lib/redis.a $(O)/lib/domain.a $(O)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# ---- packages: what a bare Debian 12 lacks ----------------------------------------------------
RUN_PACKAGES := gcc libc6-dev libevent-dev libhiredis-dev libsqlite3-dev libcurl4-openssl-dev libjansson-dev \
	libjwt-dev libsodium-dev zlib1g-dev redis-server nodejs npm ca-certificates tzdata
TEST_PACKAGES := libcmocka-dev chromium fonts-dejavu-core procps coinor-cbc glpk-utils
BENCH_PACKAGES := wrk sqlite3 python3-fastapi uvicorn python3-uvloop python3-httptools python3-sqlalchemy libssl-dev \
	coinor-cbc
LINT_PACKAGES := clang clang-format clang-tidy libclang-rt-14-dev

deps:
	@tools/install-packages $(RUN_PACKAGES)
test-deps: deps tests/e2e/node_modules/.package-lock.json
	@tools/install-packages $(TEST_PACKAGES)
bench-deps: deps tests/bench/node_modules/.package-lock.json
	@tools/install-packages $(BENCH_PACKAGES)
lint-deps: deps
	@tools/install-packages $(LINT_PACKAGES) libcmocka-dev

# npm writes this file last: it is there when the packages are.
%/node_modules/.package-lock.json: %/package-lock.json
	@echo "Installing npm packages of $*"
	@cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# ---- the dashboard ------------------------------------------------------------------------------
WEB_SRC := $(shell find web/src web/public -type f 2>/dev/null) $(wildcard web/*.html web/*.mjs)
web: web/dist/index.html
web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SRC)
	cd web && $(NODE) build.mjs
	@touch $@

# ---- what people call ---------------------------------------------------------------------------
help:
	@sed -nE 's/^## ?//p' Makefile

## make run     builds and runs everything on this machine; Ctrl-C stops it
run: deps
	@$(MAKE) --no-print-directory -s -j2 all web
	@exec $(O)/bin/ecoctl up

## make dev     the same, and rebuilds and restarts what changed
dev: deps
	@$(MAKE) --no-print-directory -s -j2 all web
	@exec tools/dev $(O)

## make test    all tests, under AddressSanitizer and UBSan (make unit, make e2e, make rota: a part)
test: test-deps
	@$(MAKE) --no-print-directory -s -j2 SAN=address test-build
	@tools/test build/address
unit: test-deps
	@$(MAKE) --no-print-directory -s -j2 SAN=address test-build
	@tools/test build/address unit
e2e: test-deps
	@$(MAKE) --no-print-directory -s -j2 SAN=address test-build
	@tools/test build/address web e2e
rota: test-deps
	@$(MAKE) --no-print-directory -s -j2 SAN=address build/address/bin/ecoctl
	@tools/test build/address rota
test-build: all web $(UNIT)

## make san     the same as make test
san: test

## make bench   measures the main job beside floors and peers; FIGURES="answer inbox", ROUNDS=5, FLOORS=../shared/bench
FLOORS ?= ../shared/bench
FIGURES ?=
bench: bench-deps
	@$(MAKE) --no-print-directory -s -j2 all web $(BENCH)
	@FLOORS="$(FLOORS)" BIN_DIR=$(O)/bin $(NODE) tests/bench/bench.mjs $(FIGURES)

## make tsan    unit tests, the main job and recovery under ThreadSanitizer (make tsan-unit: the most threaded)
TSAN_TESTS := $(patsubst %,%_test,store_writer redis_reader redis_publisher api_lanes api_live_stream api_list_cache \
	workers_runner scheduler_leader bots_intake)
tsan-unit: test-deps
	@$(MAKE) --no-print-directory -s -j2 SAN=thread $(TSAN_TESTS:%=build/thread/test/%)
	@UNITS="$(TSAN_TESTS)" tools/test build/thread unit
tsan: test-deps
	@$(MAKE) --no-print-directory -s -j2 SAN=thread test-build
	@tools/test build/thread unit tests/e2e/main_job.test.mjs tests/e2e/recovery.test.mjs

## make memcheck  unit tests and the main job of the release build, under valgrind
memcheck: test-deps
	@tools/install-packages valgrind
	@$(MAKE) --no-print-directory -s -j2 test-build
	@tools/memcheck build/release

## make nightly  what takes too long for every change: tsan, memcheck, long fuzzing, long faults
nightly:
	@tools/nightly

## make lint    format, clang's warnings, layers, sizes (make tidy: clang-tidy, which takes minutes)
lint: lint-deps format-check layers sizes
	@$(MAKE) --no-print-directory -s -j2 CC=clang O=build/clang all
	@echo "lint: clean"
C_FILES = $(shell git ls-files -co --exclude-standard '*.c' '*.h')
format:
	clang-format -i $(C_FILES)
format-check:
	clang-format --dry-run -Werror $(C_FILES)
layers:
	@tools/layers
sizes:
	@tools/sizes
TIDY = $(filter-out tests/%,$(filter %.c,$(C_FILES)))
tidy: $(GEN)
	@printf '%s\n' $(TIDY) | xargs -P2 -n8 sh -c 'clang-tidy --quiet "$$@" -- $(WARN) -I. -I$(O)/gen -include base/banned.h' tidy

## make faults  random faults under load on the real processes, five minutes (SECONDS=, SEED=), one ledger
faults: test-deps
	@$(MAKE) --no-print-directory -s -j2 SAN=address all web
	@BIN_DIR=build/address/bin SECONDS=$(or $(SECONDS_SAID),300) SEED=$(SEED) $(NODE) tests/faults/run.mjs
## make fault-tests  a death at every crash point (SAMPLE=4: at every fourth), and the named scenarios
fault-tests: test-deps
	@$(MAKE) --no-print-directory -s -j2 SAN=address all web
	@SAMPLE=$(SAMPLE) tools/test build/address faults

## make fuzz    libFuzzer over all that comes from outside (tests/fuzz), SECONDS (60) each, two at a time
SECONDS_SAID := $(SECONDS)
SECONDS ?= 60
FUZZ := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
fuzz: lint-deps
	@$(MAKE) --no-print-directory -s -j2 CC=clang SAN=fuzz $(FUZZ)
	@tools/fuzz $(SECONDS) $(FUZZ)
FUZZ_ROOMS := api store redis telegram domain base
build/fuzz/%_fuzz: $(O)/obj/tests/fuzz/%_fuzz.o $(FUZZ_ROOMS:%=$(O)/lib/%.a)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

## make clean   removes what was built
clean:
	rm -rf build web/dist
