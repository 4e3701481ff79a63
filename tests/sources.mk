# SPDX-License-Identifier: Apache-2.0
# A unit test is a file tests/unit/FOLDER/test_MODULE.c, found by itself; it links the product's
# libraries. A fuzz target is tests/fuzz/fuzz_NAME.c with its seeds in tests/fuzz/corpus/NAME/.
# Without --enable-fuzzers a target is built with a main() that replays files; `make check`
# replays the corpora.

TEST_CPPFLAGS = $(DEFS) $(AM_CPPFLAGS) -I$(builddir) -DTEST_SRCDIR='"$(abs_top_srcdir)/tests"'
TEST_CFLAGS = $(AM_CFLAGS) $(DPDK_CFLAGS) $(NL_CFLAGS) $(PCAP_CFLAGS) $(JANSSON_CFLAGS) \
	$(EVENT_CFLAGS) $(CMOCKA_CFLAGS) $(CFLAGS)
TEST_LIBS = $(UTILITIES_LIBS) $(VSWITCHD_LIBS) $(CMOCKA_LIBS)
TEST_ARCHIVES = $(noinst_LIBRARIES)
TEST_CC = $(V_CC)$(CC) $(TEST_CPPFLAGS) $(CPPFLAGS) $(TEST_CFLAGS) -MMD -MP

V_CC = $(V_CC_$(V))
V_CC_ = $(V_CC_$(AM_DEFAULT_VERBOSITY))
V_CC_0 = @echo "  CCLD    " $@;

unit_sources := $(wildcard $(top_srcdir)/tests/unit/*/test_*.c)
unit_tests = $(patsubst $(top_srcdir)/%.c,%,$(unit_sources))
fuzz_sources := $(wildcard $(top_srcdir)/tests/fuzz/fuzz_*.c)
fuzz_targets = $(patsubst $(top_srcdir)/%.c,%,$(fuzz_sources))

$(unit_tests): %: $(top_srcdir)/%.c $(TEST_ARCHIVES)
	@$(MKDIR_P) $(@D)
	$(TEST_CC) -MF $@.d -o $@ $< $(AM_LDFLAGS) $(LDFLAGS) $(TEST_LIBS) $(LIBS)

if ENABLE_FUZZERS
FUZZ_MAIN =
else
FUZZ_MAIN = $(top_srcdir)/tests/fuzz/replay_main.c
endif

$(fuzz_targets): %: $(top_srcdir)/%.c $(FUZZ_MAIN) $(TEST_ARCHIVES)
	@$(MKDIR_P) $(@D)
	$(TEST_CC) $(FUZZ_CFLAGS) -MF $@.d -o $@ $< $(FUZZ_MAIN) $(AM_LDFLAGS) $(LDFLAGS) \
		$(TEST_LIBS) $(LIBS)

-include $(unit_tests:=.d) $(fuzz_targets:=.d)

.PHONY: unit-tests fuzz-targets
unit-tests: $(unit_tests)
fuzz-targets: $(fuzz_targets)

check-local: $(unit_tests) $(fuzz_targets)
	$(AM_V_at)$(top_srcdir)/tests/lib/check $(top_srcdir) $(unit_tests) $(fuzz_targets)

lint:
	$(AM_V_at)cd $(top_srcdir) && tests/lib/lint '$(abs_builddir)'
.PHONY: lint

clean-local:
	rm -f $(unit_tests) $(unit_tests:=.d) $(fuzz_targets) $(fuzz_targets:=.d)

# All that is a test's, but not what an in-tree build and runs leave beside them.
EXTRA_DIST += .ci/run .clang-format .clang-tidy .gitignore .shellcheckrc
dist-hook:
	cd $(top_srcdir) && find tests -type f ! -path '*/__pycache__/*' ! -name '*.d' \
		! \( -path 'tests/unit/*' ! -name '*.[ch]' \) \
		! \( -path 'tests/fuzz/fuzz_*' ! -name '*.c' \) -print0 | \
		tar -c --null -T - | tar -x -C '$(abs_builddir)/$(distdir)'
