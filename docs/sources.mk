# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	docs/design/architecture.md \
	docs/design/architecture.svg \
	docs/design/mac-table.md \
	docs/design/pipeline.md \
	docs/howto/attach-a-guest.md \
	docs/howto/benchmark.md \
	docs/howto/find-lost-packets.md \
	docs/howto/use-vlans.md \
	docs/reference/drop-reasons.md \
	docs/reference/performance.json \
	docs/reference/performance.md \
	docs/reference/performance.png \
	docs/reference/settings.md \
	docs/tutorial/first-switch.md
dist_man_MANS += \
	docs/reference/vswitch-ctl.1 \
	docs/reference/vswitchd.8
