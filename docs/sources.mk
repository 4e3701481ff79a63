# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	docs/design/architecture.md \
	docs/design/architecture.svg \
	docs/design/mac-table.md \
	docs/design/pipeline.md \
	docs/howto/benchmark.md
dist_man_MANS += docs/reference/vswitch-ctl.1
