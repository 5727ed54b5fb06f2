# earshot: build, test, install.
#
#   make              the program, optimised:   build/release/earshot
#   make demo         a month of brand talk in a minute: crawl, score, alert, report
#   make test         everything that is tested; ends with "N passed, N failed"
#   make help         the rest
#
# BUILD=release|debug|asan|tsan|coverage|fuzz picks the kind; each has a folder of its own under
# build/. CC=clang, WERROR=1 and V=1 (show commands) work with all of them.

BUILD ?= release
OUT ?= build/$(BUILD)
PREFIX ?= /usr/local
V ?= 0
WERROR ?= 0

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.DEFAULT_GOAL := all
ifneq ($(V),1)
Q := @
endif

# --- What the libraries are, and which folder is the home of each ------------------------------

LIBRARIES := libuv libcurl libcrypto libxml-2.0 jansson lmdb libfyaml libarchive libmicrohttpd icu-uc icu-i18n libpsl gmime-3.0 libzstd
PLAIN_LIBRARIES := -lcld2 -lstdc++ -lm -lpthread

ifeq ($(filter help clean packages,$(MAKECMDGOALS)),)
MISSING := $(shell pkg-config --exists $(LIBRARIES) 2>/dev/null || echo yes)
ifeq ($(MISSING),yes)
ifeq ($(filter demo test,$(MAKECMDGOALS)),)
$(error libraries are missing; "sh .ci/packages --install" installs them on Debian, "sh .ci/packages" lists them)
endif
endif
endif
LIBRARY_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null))
LIBRARY_LIBS := $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) $(PLAIN_LIBRARIES)

# --- Flags ----------------------------------------------------------------------------------------

STANDARD := -std=c17 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wswitch-enum \
    -Wimplicit-fallthrough
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fno-common \
    -ftrivial-auto-var-init=pattern -fPIE
LINKING := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed

ifeq ($(BUILD),release)
KIND := -O2 -g -D_FORTIFY_SOURCE=2
else ifeq ($(BUILD),debug)
KIND := -O0 -g3
else ifeq ($(BUILD),asan)
KIND := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(BUILD),tsan)
KIND := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
else ifeq ($(BUILD),coverage)
KIND := -O0 -g --coverage
else ifeq ($(BUILD),fuzz)
CC := clang
CXX := clang++
KIND := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all \
    -fno-omit-frame-pointer
else
$(error BUILD=$(BUILD) is unknown: release, debug, asan, tsan, coverage or fuzz)
endif

ALL_CFLAGS := $(STANDARD) $(WARNINGS) $(HARDENING) $(KIND) -I. $(LIBRARY_CFLAGS) $(CFLAGS)
ALL_LDFLAGS := $(KIND) $(LINKING) $(LDFLAGS)

# --- Rooms: every folder is an archive; who may link whom is who may include whom --------------------

ROOMS := base crawler parsers sentiment store report app
SEES_base := base
SEES_crawler := crawler base
SEES_parsers := parsers base
SEES_sentiment := sentiment base
SEES_store := store base
SEES_report := report store crawler sentiment base
SEES_app := app report store crawler parsers sentiment base
SEES_origin := origin base

sources = $(filter-out app/main.c sentiment/compile.c,$(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(OUT)/%.o,$(call sources,$(1)))
archives = $(foreach room,$(1),$(OUT)/lib$(room).a)

EMBEDDED_parsers := $(sort $(wildcard parsers/recipes/*.yaml))
EMBEDDED_sentiment := $(sort $(wildcard sentiment/lexicons/*))
EMBEDDED_learned := $(sort $(wildcard sentiment/learned/*.tsv))
EMBEDDED_store := store/words.zdict
$(OUT)/libparsers.a: $(OUT)/embedded/recipes.o
$(OUT)/libsentiment.a: $(OUT)/embedded/lexicons.o $(OUT)/embedded/lexicon_image.o \
    $(OUT)/embedded/learned.o
$(OUT)/libstore.a: $(OUT)/embedded/words.o

# A file that was added or taken away changes a list, and with it the table.
EMBEDDED := $(EMBEDDED_parsers) $(EMBEDDED_sentiment) $(EMBEDDED_learned) $(EMBEDDED_store)
$(OUT)/embedded/%.list: always
	@mkdir -p $(@D)
	@echo '$(EMBEDDED)' | cmp -s - $@ || echo '$(EMBEDDED)' >$@
.PHONY: always

$(OUT)/embedded/recipes.c: base/embed.sh $(OUT)/embedded/files.list $(EMBEDDED_parsers)
	$(Q)sh base/embed.sh embedded_recipes $(EMBEDDED_parsers) >$@
$(OUT)/embedded/lexicons.c: base/embed.sh $(OUT)/embedded/files.list $(EMBEDDED_sentiment)
	$(Q)sh base/embed.sh embedded_lexicons $(EMBEDDED_sentiment) >$@
$(OUT)/embedded/learned.c: base/embed.sh $(OUT)/embedded/files.list $(EMBEDDED_learned)
	$(Q)sh base/embed.sh embedded_learned $(EMBEDDED_learned) >$@
$(OUT)/embedded/words.c: base/embed.sh $(OUT)/embedded/files.list $(EMBEDDED_store)
	$(Q)sh base/embed.sh embedded_words $(EMBEDDED_store) >$@

# The text lexicons are compiled into an image by a program made of the same sources.
$(OUT)/liblexicons.a: $(call objects,sentiment) $(OUT)/embedded/lexicons.o \
    $(OUT)/embedded/learned.o
$(OUT)/compile-lexicons: $(OUT)/sentiment/compile.o $(OUT)/liblexicons.a $(OUT)/libbase.a
	@echo "  link    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIBRARY_LIBS) -o $@
$(OUT)/embedded/lexicon.image: $(OUT)/compile-lexicons
	@echo "  compile sentiment/lexicons"
	$(Q)$< >$@
$(OUT)/embedded/lexicon_image.c: base/embed.sh $(OUT)/embedded/lexicon.image
	$(Q)sh base/embed.sh embedded_lexicon_image $(OUT)/embedded/lexicon.image >$@

$(OUT)/embedded/%.o: $(OUT)/embedded/%.c
	@echo "  cc      $(notdir $<)"
	$(Q)$(CC) $(STANDARD) $(HARDENING) $(KIND) -I. -c $< -o $@

define ROOM_RULE
$(OUT)/lib$(1).a: $(call objects,$(1))
endef
$(foreach room,$(ROOMS),$(eval $(call ROOM_RULE,$(room))))
$(OUT)/liborigin.a: $(patsubst %.c,$(OUT)/%.o,$(filter-out %/main.c,$(wildcard tests/origin/*.c)))

$(OUT)/lib%.a:
	@echo "  ar      $(notdir $@)"
	$(Q)rm -f $@ && ar rcs $@ $^

$(OUT)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  cc      $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# The language detector is C++; its shim is the only file that is.
SHIMS := $(patsubst %.cc,$(OUT)/%.o,$(wildcard sentiment/*.cc))
$(OUT)/libsentiment.a: $(SHIMS)
$(OUT)/%.o: %.cc Makefile
	@mkdir -p $(@D)
	@echo "  c++     $<"
	$(Q)$(CXX) -std=c++17 -Wall -Wextra $(filter-out -ftrivial-auto-var-init=pattern,$(HARDENING)) $(KIND) -I. -MMD -MP -c $< -o $@

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

# --- The program ---------------------------------------------------------------------------------

.PHONY: all
all: $(OUT)/earshot

$(OUT)/earshot: $(OUT)/app/main.o $(call archives,$(SEES_app))
	@echo "  link    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIBRARY_LIBS) -o $@

# The test origin: a web server and mail sink that speak the sources' protocols (tests/origin).
$(OUT)/origin: $(OUT)/tests/origin/main.o $(call archives,$(SEES_origin))
	@echo "  link    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIBRARY_LIBS) -o $@

# --- Unit tests: tests/unit/ROOM/NAME.c is a program of its own, linked with what ROOM may see --------

UNITS := $(patsubst tests/%.c,$(OUT)/%,$(wildcard tests/unit/*/*.c))
.PHONY: units
units: $(UNITS)
.SECONDEXPANSION:
$(OUT)/unit/%: $(OUT)/tests/unit/%.o $$(call archives,$$(SEES_$$(firstword $$(subst /, ,$$*))))
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIBRARY_LIBS) -lcmocka -o $@

# --- Fuzzing: tests/fuzz/NAME.c and its corpus -------------------------------------------------------

ROOMS_BELOW_APP := report store crawler parsers sentiment base
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
TIME ?= 60

# Any compiler: every file of the corpus once.
$(OUT)/replay/%: $(OUT)/tests/fuzz/%.o $(OUT)/tests/fuzz/replay.o $(call archives,$(ROOMS_BELOW_APP))
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIBRARY_LIBS) -o $@

# clang: new inputs are searched for.
$(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(call archives,$(ROOMS_BELOW_APP))
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer $^ $(LIBRARY_LIBS) -o $@

# `make fuzz TIME=3600 FUZZ=feed`: searches for TIME seconds a target. Inputs that reach new code stay
# in build/fuzz/corpus; those that break something are worth a place in tests/fuzz/corpus.
FUZZ ?= $(FUZZERS)
.PHONY: fuzz
fuzz:
ifneq ($(BUILD),fuzz)
	$(Q)$(MAKE) --no-print-directory BUILD=fuzz fuzz
else
	$(Q)$(MAKE) --no-print-directory $(patsubst %,$(OUT)/fuzz/%,$(FUZZ))
	$(Q)for name in $(FUZZ); do \
	    echo "== $$name for $(TIME) s"; \
	    mkdir -p $(OUT)/corpus/$$name; \
	    $(OUT)/fuzz/$$name -max_total_time=$(TIME) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	        -artifact_prefix=$(OUT)/fuzz/$$name. $(OUT)/corpus/$$name tests/fuzz/corpus/$$name || exit 1; \
	done
endif

# --- Conformance suites and benchmarks -----------------------------------------------------------------

# SUITES is a folder of the layout that ../shared/README.md describes; absent ones are skipped.
SUITES ?= ../shared/suites
FIXTURES ?= ../shared/fixtures
VERBOSE := $(if $(filter 1,$(V)),V=1,env -u V)
CONFORMANCE := $(patsubst tests/conformance/%.c,%,$(wildcard tests/conformance/*.c))
$(OUT)/conformance/%: $(OUT)/tests/conformance/%.o $(call archives,$(ROOMS_BELOW_APP))
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIBRARY_LIBS) -lz -o $@

.PHONY: conformance
conformance: $(patsubst %,$(OUT)/conformance/%,$(CONFORMANCE))
	$(Q)if [ ! -d "$(SUITES)" ]; then \
	    echo "conformance: skipped: no suites in $(SUITES) (SUITES=folder)"; exit 0; fi; \
	for name in $(filter-out fixtures,$(CONFORMANCE)); do \
	    $(VERBOSE) $(OUT)/conformance/$$name "$(SUITES)" || exit 1; done; \
	if [ ! -d "$(FIXTURES)" ]; then \
	    echo "fixtures: skipped: no payloads in $(FIXTURES) (FIXTURES=folder)"; exit 0; fi; \
	$(VERBOSE) $(OUT)/conformance/fixtures "$(FIXTURES)"

BENCHES := $(patsubst tests/bench/%.c,%,$(wildcard tests/bench/*.c))
$(OUT)/bench/%: $(OUT)/tests/bench/%.o $(call archives,$(ROOMS_BELOW_APP))
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(ALL_LDFLAGS) $^ $(LIBRARY_LIBS) -o $@

.PHONY: bench
bench: $(patsubst %,$(OUT)/bench/%,$(BENCHES))
	$(Q)for name in $(filter-out feeds sentiment,$(BENCHES)); do \
	    echo "== $$name"; $(OUT)/bench/$$name || exit 1; done
	@echo "== feeds, peers beside"
	$(Q)python3 tests/bench/peers.py $(OUT)/bench/feeds
	@echo "== sentiment, peers beside"
	$(Q)python3 tests/bench/peers_sentiment.py $(OUT)/bench/sentiment

# --- Test, lint, demo -------------------------------------------------------------------------------------

.PHONY: test
test:
	$(Q)sh .ci/packages --install --test
	$(Q)sh tests/run.sh

.PHONY: lint
lint: $(call archives,$(ROOMS))
	$(Q)ARCHIVES="$(call archives,$(ROOMS))" sh tests/lint.sh

.PHONY: demo
demo:
	$(Q)sh .ci/packages --install
	$(Q)$(MAKE) --no-print-directory BUILD=release build/release/earshot build/release/origin
	$(Q)sh tests/demo.sh build/release

.PHONY: format
format:
	$(Q)git ls-files '*.c' '*.h' | xargs clang-format -i

.PHONY: packages
packages:
	$(Q)sh .ci/packages --test

# --- Install ----------------------------------------------------------------------------------------------

.PHONY: install uninstall
install: $(OUT)/earshot
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -m 755 $(OUT)/earshot "$(DESTDIR)$(PREFIX)/bin/earshot"
	$(OUT)/earshot help manual >"$(DESTDIR)$(PREFIX)/share/man/man1/earshot.1"
uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/earshot" "$(DESTDIR)$(PREFIX)/share/man/man1/earshot.1"

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	@sed -n '/^#/!q;s/^# \{0,1\}//p' Makefile
	@echo
	@echo "  make units        unit tests only            make lint          layers, format, scripts"
	@echo "  make conformance  suites under SUITES        make bench         speed, peers beside"
	@echo "  make fuzz         search for crashes         make format        clang-format all"
	@echo "  make install      PREFIX, DESTDIR            make packages      what Debian must give"
