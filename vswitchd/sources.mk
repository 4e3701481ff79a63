# SPDX-License-Identifier: Apache-2.0
# libovsdb: the data model and the engine, pure C on JSON values; vswitch-ctl links it too.
noinst_LIBRARIES += libovsdb.a
libovsdb_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libovsdb_a_SOURCES = \
	vswitchd/json_stream.c vswitchd/json_stream.h \
	vswitchd/ovsdb_access.c vswitchd/ovsdb_access.h \
	vswitchd/ovsdb_access_set.c \
	vswitchd/ovsdb_alloc.h \
	vswitchd/ovsdb_atom.c vswitchd/ovsdb_atom.h \
	vswitchd/ovsdb_condition.c vswitchd/ovsdb_condition.h \
	vswitchd/ovsdb_datum.c vswitchd/ovsdb_datum.h \
	vswitchd/ovsdb_datum_ops.c \
	vswitchd/ovsdb_datum_string.c vswitchd/ovsdb_datum_string.h \
	vswitchd/ovsdb_db.c vswitchd/ovsdb_db.h \
	vswitchd/ovsdb_error.c vswitchd/ovsdb_error.h \
	vswitchd/ovsdb_exec.h \
	vswitchd/ovsdb_exec_ops.c \
	vswitchd/ovsdb_exec_wait.c \
	vswitchd/ovsdb_execute.c vswitchd/ovsdb_execute.h \
	vswitchd/ovsdb_hash.c vswitchd/ovsdb_hash.h \
	vswitchd/ovsdb_index.c vswitchd/ovsdb_index.h \
	vswitchd/ovsdb_key.c vswitchd/ovsdb_key.h \
	vswitchd/ovsdb_members.c vswitchd/ovsdb_members.h \
	vswitchd/ovsdb_monitor.c vswitchd/ovsdb_monitor.h \
	vswitchd/ovsdb_monitor_table.c vswitchd/ovsdb_monitor_table.h \
	vswitchd/ovsdb_mutation.c vswitchd/ovsdb_mutation.h \
	vswitchd/ovsdb_record.c vswitchd/ovsdb_record.h \
	vswitchd/ovsdb_refs.c vswitchd/ovsdb_refs.h \
	vswitchd/ovsdb_row.c vswitchd/ovsdb_row.h \
	vswitchd/ovsdb_row_set.c vswitchd/ovsdb_row_set.h \
	vswitchd/ovsdb_schema.c vswitchd/ovsdb_schema.h \
	vswitchd/ovsdb_schema_builtin.c \
	vswitchd/ovsdb_schema_json.c \
	vswitchd/ovsdb_symtab.c vswitchd/ovsdb_symtab.h \
	vswitchd/ovsdb_txn.c vswitchd/ovsdb_txn.h \
	vswitchd/ovsdb_txn_prepare.c \
	vswitchd/ovsdb_type.c vswitchd/ovsdb_type.h \
	vswitchd/ovsdb_uuid.c vswitchd/ovsdb_uuid.h

# The schema is installed for people and tools, and is part of the library as well, so that the
# daemon needs no file to start.
dist_pkgdata_DATA += vswitchd/vswitch.ovsschema
BUILT_SOURCES += vswitchd/ovsdb_schema_builtin.inc
CLEANFILES += vswitchd/ovsdb_schema_builtin.inc
vswitchd/ovsdb_schema_builtin.inc: vswitchd/vswitch.ovsschema
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN){ echo 'static const char schema_text[] =' && \
		$(SED) -e 's/[\\"]/\\&/g' -e 's/^[[:space:]]*/"/' -e 's/$$/\\n"/' \
		$(top_srcdir)/vswitchd/vswitch.ovsschema && echo ';'; } > $@.tmp && mv $@.tmp $@
vswitchd/libovsdb_a-ovsdb_schema_builtin.$(OBJEXT): vswitchd/ovsdb_schema_builtin.inc

# libvswitchd: everything of the daemon but main().
noinst_LIBRARIES += libvswitchd.a
libvswitchd_a_CFLAGS = $(AM_CFLAGS) $(DPDK_CFLAGS) $(JANSSON_CFLAGS) $(EVENT_CFLAGS)
libvswitchd_a_SOURCES = \
	vswitchd/control.c vswitchd/control.h \
	vswitchd/daemonize.c vswitchd/daemonize.h \
	vswitchd/folder.c vswitchd/folder.h \
	vswitchd/jsonrpc.c vswitchd/jsonrpc.h \
	vswitchd/listener.c vswitchd/listener.h \
	vswitchd/log_control.c vswitchd/log_control.h \
	vswitchd/options.c vswitchd/options.h \
	vswitchd/ovsdb_compact.c vswitchd/ovsdb_compact.h \
	vswitchd/ovsdb_lock.c vswitchd/ovsdb_lock.h \
	vswitchd/ovsdb_log.c vswitchd/ovsdb_log.h \
	vswitchd/ovsdb_pipeline.c vswitchd/ovsdb_pipeline.h \
	vswitchd/ovsdb_server.c vswitchd/ovsdb_server.h \
	vswitchd/ovsdb_server_db.c vswitchd/ovsdb_server_db.h \
	vswitchd/ovsdb_session.c vswitchd/ovsdb_session.h \
	vswitchd/ovsdb_session_monitor.c \
	vswitchd/ovsdb_session_txn.c \
	vswitchd/ovsdb_storage.c vswitchd/ovsdb_storage.h \
	vswitchd/ovsdb_writer.c vswitchd/ovsdb_writer.h \
	vswitchd/pidfile.c vswitchd/pidfile.h \
	vswitchd/reconfigure.c vswitchd/reconfigure.h \
	vswitchd/sd_notify.c vswitchd/sd_notify.h \
	vswitchd/status.c vswitchd/status.h \
	vswitchd/switch.c vswitchd/switch.h \
	vswitchd/switch_commands.c vswitchd/switch_commands.h \
	vswitchd/unixctl.c vswitchd/unixctl.h \
	vswitchd/view.c vswitchd/view.h \
	vswitchd/vswitchd.c vswitchd/vswitchd.h

sbin_PROGRAMS += vswitchd/vswitchd
vswitchd_vswitchd_SOURCES = vswitchd/main.c
vswitchd_vswitchd_CFLAGS = $(libvswitchd_a_CFLAGS)
vswitchd_vswitchd_LDADD = $(VSWITCHD_LIBS)
