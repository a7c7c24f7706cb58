# phutai: forecasts the electrical load of industrial zones.
#
#   make              build phutaid and phutai into build/
#   make demo         the main job   (ONCE=1 ends by itself, SPEED=n, SITE=south-australia)
#   make check        every test, plain and under ASan+UBSan
#   make fuzz         every fuzzer FUZZ_SECONDS long (60); FUZZ_KEEP=1 keeps what it finds
#   make bench        speed and accuracy beside peers, in one run
#   make install      DESTDIR and PREFIX as usual
#
# CC=clang, DEV=1 (warnings are errors) and SAN=address,undefined work with every target.

PKGS := gsl libcurl inih sqlite3 libsystemd libmicrohttpd jansson zlib nettle xlsxwriter libmosquitto
BUILD_DEBS := gcc make pkg-config libc6-dev libgsl-dev libopenblas-pthread-dev libcurl4-openssl-dev \
    libinih-dev libsqlite3-dev libsystemd-dev libmicrohttpd-dev libjansson-dev libcsv-dev \
    libxlsxwriter-dev zlib1g-dev nettle-dev libmosquitto-dev libunistring-dev
CHECK_DEBS := $(BUILD_DEBS) clang libclang-rt-dev clang-format libcmocka-dev influxdb mosquitto \
    mosquitto-clients victoria-metrics prometheus-alertmanager curl openssl mandoc shellcheck systemd \
    procps sqlite3 perl python3 jq
BENCH_DEBS := $(BUILD_DEBS) influxdb curl perl r-base-core r-cran-mgcv r-cran-forecast r-cran-quantreg python3-xgboost \
    python3-numpy python3-pandas

# (clang counts every use of NAN, a float by the standard, as a promotion.)
WARN := -std=c2x -pedantic -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
    -Wmissing-prototypes -Wvla -Wcast-qual -Wpointer-arith -Wwrite-strings -Wundef -Wformat=2 \
    $(if $(filter clang%,$(notdir $(CC))),,-Wdouble-promotion) $(if $(DEV),-Werror)

# Each compiler and each sanitizer has its own tree, so builds never mix; so have the fuzzers.
B := build$(if $(findstring fuzzer,$(SAN)),-fuzz,$(if \
    $(filter clang%,$(notdir $(CC))),-clang)$(if $(SAN),-san))
PREFIX ?= /usr/local

CFLAGS ?= -O2 -g
# Sums over cells are the hot loops of models/: worth vector code for them alone.
MODELS_CFLAGS := -O3
override CPPFLAGS += -D_GNU_SOURCE $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
override CFLAGS += $(WARN) -MMD -MP -pthread \
    $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
# GSL over OpenBLAS: gsl's own CBLAS is many times slower on dense work.
LIBS := $(filter-out -lgslcblas,$(shell pkg-config --libs $(PKGS) 2>/dev/null)) -lopenblas -lcsv -lunistring -lm

MAINS := daemon/phutaid.c daemon/phutai.c
LIB := $(patsubst %.c,$(B)/%.o,$(filter-out $(MAINS),$(wildcard models/*.c config/*.c daemon/*.c)))
TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/test_*.c))
FUZZERS := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz_*.c))
BENCHES := $(patsubst %.c,$(B)/%,$(wildcard tests/bench_*.c))
FAKES := $(patsubst %.c,$(B)/%.o,$(filter-out tests/test_% tests/bench_% tests/fuzz_%,\
    $(wildcard tests/*.c)))

all: $(patsubst daemon/%.c,$(B)/%,$(wildcard $(MAINS)))

$(B)/libphutai.a: $(LIB)
	rm -f $@ && $(AR) rcs $@ $^
$(B)/phutaid: $(B)/daemon/phutaid.o $(B)/libphutai.a
$(B)/phutai: $(B)/daemon/phutai.o $(B)/libphutai.a
$(TESTS): %: %.o $(FAKES) $(B)/libphutai.a
$(TESTS): LIBS += -lcmocka
$(B)/tests/test_config_oom: LIBS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
    -Wl,--wrap=strdup,--wrap=strndup,--wrap=asprintf
$(B)/tests/test_export_oom: LIBS += -Wl,--wrap=calloc,--wrap=strdup
$(B)/tests/test_folder_files: LIBS += -Wl,--wrap=readdir
$(BENCHES): %: %.o $(B)/libphutai.a
$(FUZZERS): %: %.o $(B)/tests/memory_file.o $(B)/libphutai.a
$(FUZZERS): LDFLAGS += -fsanitize=fuzzer
$(B)/phutaid $(B)/phutai $(TESTS) $(FUZZERS) $(BENCHES):
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# Layering: only daemon/ and tests/ see the repository's root, so that a file of models/ or
# config/ that includes another room's header does not compile.
$(B)/daemon/%.o $(B)/tests/%.o: override CPPFLAGS += -iquote .
$(B)/models/%.o: override CFLAGS += $(MODELS_CFLAGS)
$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The description of the API is a part of the program.
$(B)/daemon/openapi.inc: daemon/openapi.json
	@mkdir -p $(@D)
	od -An -v -tx1 $< | sed 's/\([0-9a-f][0-9a-f]\)/0x\1,/g' >$@
$(B)/daemon/api_openapi.o: $(B)/daemon/openapi.inc
$(B)/daemon/api_openapi.o: override CPPFLAGS += -iquote $(B)/daemon

tests: all $(TESTS)

# libFuzzer is a part of clang.
FUZZ_SECONDS ?= 60
FUZZ_BUILD := CC=clang SAN=fuzzer-no-link,address,undefined DEV=1
fuzzers-build: $(FUZZERS)
fuzzers:
	@$(MAKE) --no-print-directory -s $(FUZZ_BUILD) fuzzers-build
fuzz: deps-check fuzzers
	@tests/fuzz $(FUZZ_SECONDS)

# Installs what is missing of a list of Debian packages, saying so first.
define install_debs
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}\n' $$p 2>/dev/null | \
	    grep -q '^install ok installed' || echo $$p; done); \
	test -z "$$missing" && exit 0; \
	echo "installing the Debian packages that are missing:" $$missing; \
	sudo=$$(test "$$(id -u)" = 0 || echo sudo); \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    $$missing >/dev/null
endef
deps-build: ; $(call install_debs,$(BUILD_DEBS))
deps-check: ; $(call install_debs,$(CHECK_DEBS))
deps-bench: ; $(call install_debs,$(BENCH_DEBS))

demo: deps-build
	@$(MAKE) --no-print-directory -s -j2 all
	@daemon/demo.sh $(B)

check: deps-check
	@tests/run-all

bench: deps-bench
	@$(MAKE) --no-print-directory -s -j2 all benches
	@tests/bench $(B)

benches: $(BENCHES)

install: all
	install -Dm755 -t $(DESTDIR)$(PREFIX)/bin $(B)/phutaid $(B)/phutai
	install -Dm644 -t $(DESTDIR)$(PREFIX)/share/man/man5 config/phutaid.conf.5
	install -Dm644 -t $(DESTDIR)$(PREFIX)/share/man/man8 daemon/phutaid.8
	install -Dm644 -t $(DESTDIR)$(PREFIX)/share/man/man1 daemon/phutai.1
	mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/bin/|$(PREFIX)/bin/|' systemd/phutaid.service \
	    >$(DESTDIR)$(PREFIX)/lib/systemd/system/phutaid.service
	install -Dm644 -t $(DESTDIR)$(PREFIX)/share/phutai config/phutaid.conf config/alertmanager.yml
	for site in bac-giang south-australia; do \
	    install -Dm644 -t $(DESTDIR)$(PREFIX)/share/phutai/$$site config/$$site/* || exit 1; done

clean:
	rm -rf build build-clang build-san build-clang-san build-fuzz

.PHONY: all tests fuzzers fuzzers-build fuzz benches deps-build deps-check deps-bench demo check bench install clean
-include $(shell find $(B) -name '*.d' 2>/dev/null)
