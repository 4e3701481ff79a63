# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += docs/howto/benchmark.md
dist_man_MANS += docs/reference/vswitch-ctl.1
