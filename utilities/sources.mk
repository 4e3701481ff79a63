# SPDX-License-Identifier: Apache-2.0
dist_noinst_SCRIPTS = utilities/build utilities/guest utilities/guest-init utilities/install-deps \
	utilities/quickstart

# libctl: everything of vswitch-ctl but main().
noinst_LIBRARIES += libctl.a
libctl_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libctl_a_SOURCES = \
	utilities/ctl_args.c utilities/ctl_args.h \
	utilities/ctl_bridge.c utilities/ctl_bridge.h \
	utilities/ctl_column.c utilities/ctl_column.h \
	utilities/ctl_command.c utilities/ctl_command.h \
	utilities/ctl_database.c utilities/ctl_database.h \
	utilities/ctl_db.c utilities/ctl_db.h \
	utilities/ctl_help.c utilities/ctl_help.h \
	utilities/ctl_list.c utilities/ctl_list.h \
	utilities/ctl_port.c \
	utilities/ctl_record.c utilities/ctl_record.h \
	utilities/ctl_reload.c utilities/ctl_reload.h \
	utilities/ctl_rpc.c utilities/ctl_rpc.h \
	utilities/ctl_run.c utilities/ctl_run.h \
	utilities/ctl_show.c utilities/ctl_show.h \
	utilities/ctl_table.c utilities/ctl_table.h \
	utilities/ctl_text.c utilities/ctl_text.h \
	utilities/ctl_topology.c utilities/ctl_topology.h \
	utilities/ctl_txn.c utilities/ctl_txn.h \
	utilities/ctl_txn_json.c \
	utilities/ctl_view.c utilities/ctl_view.h

bin_PROGRAMS += utilities/vswitch-ctl
utilities_vswitch_ctl_SOURCES = utilities/vswitch_ctl.c
utilities_vswitch_ctl_LDADD = $(UTILITIES_LIBS)

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = utilities/completion/vswitch-ctl

EXTRA_DIST += utilities/vswitchd.service.in
CLEANFILES += utilities/vswitchd.service
systemdunitdir = $(prefix)/lib/systemd/system
nodist_systemdunit_DATA = utilities/vswitchd.service
utilities/vswitchd.service: utilities/vswitchd.service.in Makefile
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(SED) 's|@sbindir[@]|$(sbindir)|' \
		$(top_srcdir)/utilities/vswitchd.service.in >$@.tmp && mv $@.tmp $@

# The parts of the manual page that come from the tables of commands; a test says when to run it.
update-man: utilities/vswitch-ctl
	{ $(SED) '/^\.\\" begin:/q' $(top_srcdir)/docs/reference/vswitch-ctl.1 && \
		utilities/vswitch-ctl --man && \
		$(SED) -n '/^\.\\" end/,$$p' $(top_srcdir)/docs/reference/vswitch-ctl.1; \
	} >vswitch-ctl.1.tmp && mv vswitch-ctl.1.tmp $(top_srcdir)/docs/reference/vswitch-ctl.1
.PHONY: update-man
