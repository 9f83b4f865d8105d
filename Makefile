# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# make              build/wakelab
# make help         what else there is
VERSION := 0.2.0
BUILD   ?= build
PREFIX  ?= /usr/local
CLANG   ?= clang
BPFTOOL ?= $(or $(shell command -v bpftool),/usr/sbin/bpftool)
LIBS    := libbpf libelf zlib liburing json-c libseccomp libcap libmd libzstd ncursesw

# SAN=1: the sanitizer build, in a tree of its own.
ifeq ($(SAN),1)
override BUILD := $(BUILD)-san
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# FUZZ=1: for what is fed by libFuzzer (tests/fuzz), in a tree of its own; takes clang's libraries.
ifeq ($(FUZZ),1)
override BUILD := $(BUILD)-fuzz
CC := $(CLANG)
SANFLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# STATIC=1: a binary without shared libraries, in a tree of its own.
ifeq ($(STATIC),1)
override BUILD := $(BUILD)-static
STATICFLAGS := -static
endif

ARCH ?= $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))

# ARCH, CROSS_COMPILE and SYSROOT: for another architecture, whose libraries lie below SYSROOT.
ifneq ($(CROSS_COMPILE),)
override BUILD := $(BUILD)-$(ARCH)
endif
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
PKG_CONFIG ?= pkg-config
ifneq ($(SYSROOT),)
PKG_CONFIG_VARS := PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
		   PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(shell $(CC) -print-multiarch)/pkgconfig
endif
PKG = $(PKG_CONFIG_VARS) $(PKG_CONFIG) $(if $(STATICFLAGS),--static)

ifneq ($(V),1)
.SILENT:
say = printf '  %-7s %s\n' $(1) $(2);
endif

# What was built, by a line of a tarball that git made, or by git; empty if neither knows. A folder
# that lies somewhere in another project's history has none.
COMMIT := $(shell sed -n 's/^\([0-9a-f]\{12\}\)[0-9a-f]*\(-dirty\)\{0,1\}$$/\1\2/p' packaging/commit)
ifeq ($(COMMIT),)
COMMIT := $(shell [ ! -e .git ] || git -c safe.directory='*' describe --always --dirty --exclude='*' \
	    --abbrev=12 2>/dev/null)
endif

# What a shell takes as one word, whatever is in it.
quoted = '$(subst ','\'',$(1))'
# The same sources give the same files, whichever folder they lie in.
PATH_FLAGS := -ffile-prefix-map=$(call quoted,$(CURDIR))=.

# A room is a folder with sources that run in user space, and that are a part of wakelab.
ROOMS    := load net servers $(patsubst %/,%,$(sort $(dir $(wildcard loader/*/*.c))))
# The layers of the programs.
LAYERS   := bpf/hooks bpf/ledger bpf/state
WARN     := -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -Wstrict-prototypes
OWN_CPPFLAGS := -D_GNU_SOURCE -Ibpf -Imetrics $(addprefix -I,$(ROOMS)) -I$(BUILD)
CFLAGS   ?= -O2 -g
PKG_CFLAGS := $(shell $(PKG) --cflags $(LIBS))
PKG_LIBS   := $(shell $(PKG) --libs $(LIBS))
ALL_CFLAGS = -std=gnu11 $(WARN) $(PATH_FLAGS) $(CFLAGS) $(SANFLAGS) -pthread $(OWN_CPPFLAGS) $(CPPFLAGS) $(PKG_CFLAGS)
ALL_LIBS = $(PKG_LIBS) -lm
BPFFLAGS = -std=gnu11 -O2 -g $(PATH_FLAGS) -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Wall -Wextra -Werror \
	   -Wno-unused-parameter -Ivmlinux -Ibpf -Imetrics $(addprefix -I,$(LAYERS))

SRC      := $(sort $(wildcard $(addsuffix /*.c,$(ROOMS))))
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/*.c))

OBJ     := $(patsubst %.c,$(BUILD)/%.o,$(SRC))
LIB_OBJ := $(filter-out %/main.o,$(OBJ))
# The programs for each age of kernels: from 6.2 on, see READ() in bpf/state/compat.bpf.h; from 5.12
# on; and before, see bpf/state/atomic.bpf.h.
AGES    := wakelab wakelab_mid wakelab_old
FLAGS_OF_wakelab     := -DDIRECT_READS
FLAGS_OF_wakelab_old := -DPLAIN_ATOMICS
# The same, and they tell each event, see bpf/state/event_ring.bpf.h.
$(foreach age,$(AGES),$(eval FLAGS_OF_$(age)_events := $(FLAGS_OF_$(age)) -DEVENTS))
AGES    += $(AGES:%=%_events)
# Objects of their own.
ALONE   := probe finder
BPF_OBJ := $(AGES:%=$(BUILD)/bpf/hooks/%.o) $(ALONE:%=$(BUILD)/bpf/hooks/%.o)
UNIT    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SRC))
# Headers that are made: the skeletons, and what is known of the build.
SKEL    := $(AGES:%=$(BUILD)/%.skel.h) $(ALONE:%=$(BUILD)/%.skel.h) $(BUILD)/objects_digest.h
FACTS   := $(BUILD)/build_version.h $(BUILD)/build_commit.h
MADE    := $(SKEL) $(FACTS)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: FORCE all unit manual completion bench commit install uninstall clean format tidy analyze help

all: $(BUILD)/wakelab

$(BUILD)/wakelab: $(OBJ)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(SANFLAGS) $(STATICFLAGS) -pthread $(LDFLAGS) \
		-o $@ $^ $(ALL_LIBS)

# Any object may include what is made: it has to be there before the first compile.
$(OBJ): $(BUILD)/%.o: %.c | $(MADE)
	mkdir -p $(@D)
	$(call say,CC,$@) $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The schemas and the page that it carries.
$(BUILD)/loader/view/schemas.o: $(wildcard docs/schema/*.json)
$(BUILD)/loader/report/page.o: $(wildcard loader/report/page/*)

$(AGES:%=$(BUILD)/bpf/hooks/%.o): bpf/hooks/programs.bpf.c
$(ALONE:%=$(BUILD)/bpf/hooks/%.o): $(BUILD)/bpf/hooks/%.o: bpf/hooks/%.bpf.c
$(BPF_OBJ):
	mkdir -p $(@D)
	$(call say,BPF,$@) $(CLANG) $(BPFFLAGS) $(FLAGS_OF_$(basename $(@F))) -MMD -MP -c -o $@ $<

# Without what only a debugger needs.
$(BUILD)/%.bpf.o: $(BUILD)/bpf/hooks/%.o
	$(call say,GEN,$@) $(BPFTOOL) gen object $@ $<

$(BUILD)/%.skel.h: $(BUILD)/%.bpf.o
	$(call say,SKEL,$@) { echo '/* NOLINTBEGIN */' && $(BPFTOOL) gen skeleton $< name $(notdir $*) && \
		echo '/* NOLINTEND */'; } > $@

# What is kept from one run to the next is of the same objects, made in the same way.
$(BUILD)/objects_digest.h: $(AGES:%=$(BUILD)/%.bpf.o) $(ALONE:%=$(BUILD)/%.bpf.o) loader/kernel/extract.c
	$(call say,GEN,$@) printf '#define OBJECTS_DIGEST "%s"\n' \
		$$(cat $^ | sha256sum | cut -d ' ' -f 1) > $@

# Looked at each time, and written when they are new: what includes them is then built again.
FACTS_OF_build_version := WAKELAB_VERSION "$(VERSION)"
FACTS_OF_build_commit  := BUILD_COMMIT "$(COMMIT)"\n\#define BUILD_ARCH "$(ARCH)"
$(FACTS): FORCE
	mkdir -p $(@D)
	printf '#define $(FACTS_OF_$(basename $(@F)))\n' | cmp -s - $@ || \
		printf '#define $(FACTS_OF_$(basename $(@F)))\n' > $@

unit: $(UNIT)

$(BUILD)/tests/%: tests/unit/%.c $(LIB_OBJ)
	mkdir -p $(@D)
	$(call say,TEST,$@) $(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(LIB_OBJ) \
		$(LDFLAGS) $(ALL_LIBS) -lcmocka

$(BUILD)/fuzz/%: tests/fuzz/%.c $(LIB_OBJ)
	mkdir -p $(@D)
	$(call say,FUZZ,$@) $(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -fsanitize=fuzzer -o $@ $< $(LIB_OBJ) \
		$(LDFLAGS) $(ALL_LIBS)

$(BUILD)/bench/%.bpf.o: bench/%.bpf.c
	mkdir -p $(@D)
	$(call say,BPF,$@) $(CLANG) $(BPFFLAGS) -c -o $@ $<

$(BUILD)/bench/turns $(BUILD)/bench/pace: $(BUILD)/bench/%: bench/%.c
	mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(ALL_CFLAGS) -o $@ $<

$(BUILD)/bench/floor: bench/floor.c $(BUILD)/bench/floor.skel.h
	$(call say,LINK,$@) $(CC) $(ALL_CFLAGS) -I$(BUILD)/bench -o $@ $< $(ALL_LIBS)

# The manual pages and what completes words in shells are made of the tables, and of what labs/ says.
TABLES := $(wildcard metrics/*.def metrics/*.py labs/*/lesson.json) servers/models.c loader/command/scenarios.c

# Pages of one commit are the same whenever they are made.
DATE_OF_PAGES = $(or $(SOURCE_DATE_EPOCH),$(shell [ ! -e .git ] || \
		git -c safe.directory='*' log -1 --format=%ct 2>/dev/null))

manual: $(BUILD)/man/.made
$(BUILD)/man/.made: $(TABLES) $(wildcard man/*.scd)
	$(call say,MAN,$(@D)) $(DATE_OF_PAGES:%=SOURCE_DATE_EPOCH=%) scripts/manual $(VERSION) $(abspath $(@D))
	touch $@

completion: $(BUILD)/completion/.made
$(BUILD)/completion/.made: $(TABLES) $(wildcard completion/*)
	$(call say,GEN,$(@D)) scripts/completion $(abspath $(@D))
	touch $@

ROOT_OF_INSTALL = $(call quoted,$(DESTDIR)$(PREFIX))

PAGES := $(sort $(basename $(notdir $(wildcard man/*.scd))))
# Where the shells look for completions.
PLACE_OF_BASH := bash-completion/completions/wakelab
PLACE_OF_ZSH  := zsh/site-functions/_wakelab
PLACE_OF_FISH := fish/vendor_completions.d/wakelab.fish
PLACES        := $(foreach page,$(PAGES),man/man$(subst .,,$(suffix $(page)))/$(page)) \
		 $(PLACE_OF_BASH) $(PLACE_OF_ZSH) $(PLACE_OF_FISH)

install: all manual completion
	install -D -m 755 $(BUILD)/wakelab $(ROOT_OF_INSTALL)/bin/wakelab
	for page in $(PAGES); do install -D -m 644 $(BUILD)/man/"$$page" \
		$(ROOT_OF_INSTALL)/share/man/man"$${page##*.}"/"$$page" || exit; done
	for place in $(PLACE_OF_BASH) $(PLACE_OF_ZSH) $(PLACE_OF_FISH); do install -D -m 644 \
		$(BUILD)/completion/"$${place##*/}" $(ROOT_OF_INSTALL)/share/"$$place" || exit; done
	for file in labs/*/*; do \
		install -D -m 644 "$$file" $(ROOT_OF_INSTALL)/share/wakelab/"$$file" || exit; done
	for file in docs/schema/*; do install -D -m 644 "$$file" \
		$(ROOT_OF_INSTALL)/share/wakelab/"$${file#docs/}" || exit; done
	for file in README.md CHANGELOG.md LICENSE.* $$(find docs -type f ! -path 'docs/schema/*'); do \
		install -D -m 644 "$$file" $(ROOT_OF_INSTALL)/share/doc/wakelab/"$$file" || exit; done
	ln -sfn ../../../wakelab/schema $(ROOT_OF_INSTALL)/share/doc/wakelab/docs/schema

# For what makes packages of sources that will have no history.
commit:
	echo '$(COMMIT)'

# What scripts/bench needs; of what wakelab's servers are measured against as much as there are
# libraries.
bench: all $(BUILD)/bench/turns $(BUILD)/bench/pace $(BUILD)/bench/floor
	for lib in libevent libuv; do ! $(PKG) --exists $$lib || \
		$(MAKE) $(BUILD)/bench/echo_$$lib || exit; done

$(BUILD)/bench/echo_%: bench/echo_%.c
	mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(ALL_CFLAGS) $$($(PKG) --cflags $*) -o $@ $< \
		$(LDFLAGS) $$($(PKG) --libs $*)

uninstall:
	rm -f $(ROOT_OF_INSTALL)/bin/wakelab $(foreach place,$(PLACES),$(ROOT_OF_INSTALL)/share/$(place))
	rm -rf $(ROOT_OF_INSTALL)/share/wakelab $(ROOT_OF_INSTALL)/share/doc/wakelab

# clang-tidy, with the checks of .clang-tidy; the skeletons are not ours to judge. What it says on
# standard error is how many warnings it kept to itself.
tidy: $(MADE)
	printf '%s\n' $(SRC) $(UNIT_SRC) $(FUZZ_SRC) | xargs -P $$(nproc) -I{} clang-tidy --quiet {} -- \
		$(subst -I$(BUILD),-isystem $(BUILD),$(ALL_CFLAGS)) 2>/dev/null

# gcc's own analyzer. Not of the tests: it unfolds their constants and loses the thread.
analyze: $(MADE)
	printf '%s\n' $(SRC) | xargs -P $$(nproc) -I{} $(CC) \
		$(subst -I$(BUILD),-isystem $(BUILD),$(ALL_CFLAGS)) -fanalyzer -c -o /dev/null {}

clean:
	rm -rf $(BUILD) build-san build-fuzz build-static build-static-*

format:
	clang-format -i $(wildcard $(addsuffix /*.[ch],$(ROOMS) bench bpf $(LAYERS) labs/* tests/exercises/* \
		tests/fuzz tests/programs tests/unit vmlinux))

help:
	printf '%s\n' \
	  'make [-j]             build/wakelab, one file to install' \
	  'make manual           the manual pages, into build/man/; make completion, for shells: build/completion/' \
	  'make install          to PREFIX (/usr/local) below DESTDIR; make uninstall removes it' \
	  'make unit             the unit tests, built into build/tests/' \
	  'make bench            what scripts/bench also needs, into build/bench/' \
	  'make SAN=1 [unit]     the same with AddressSanitizer and UBSan, in build-san/' \
	  'make FUZZ=1 build-fuzz/fuzz/NAME' \
	  '                      tests/fuzz/NAME.c for libFuzzer, with clang' \
	  'make STATIC=1         build-static/wakelab, which needs no shared library' \
	  'make STATIC=1 ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- SYSROOT=DIR' \
	  '                      the same for arm64, with the libraries below DIR: build-static-arm64/' \
	  'make tidy, analyze    look for mistakes with clang-tidy; with gcc -fanalyzer' \
	  'make format           clang-format over all sources' \
	  'make clean            remove what was built' \
	  'V=1 shows every command. Tests run with scripts/check.'

-include $(OBJ:.o=.d) $(BPF_OBJ:.o=.d) $(addsuffix .d,$(UNIT) $(FUZZ_SRC:tests/%.c=$(BUILD)/%))
