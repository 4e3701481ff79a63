/* SPDX-License-Identifier: Apache-2.0 */
#include "utilities/ctl_view.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "utilities/ctl_rpc.h"

#define PID_DIGITS 32

/* The process number in the daemon's file, which it keeps while it runs. */
static int read_pid(const struct ctl_settings *settings, long *pid, struct errmsg *err)
{
	char *path = ctl_xasprintf("%s/vswitchd.pid", settings->rundir);
	char text[PID_DIGITS] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret = fd < 0 ? -errno : 0;
	ssize_t n = 0;
	char *end;

	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	*pid = n > 0 ? strtol(text, &end, 10) : 0;
	if (ret == -EACCES)
		ret = errmsg_set(err, EACCES, "no permission to read %s: run as root", path);
	else if (ret)
		ret = errmsg_set(err, -ret,
			"vswitchd isn't running: %s: %s. Start it, or say where it runs with "
			"--rundir",
			path, strerror(-ret));
	else if (*pid <= 0)
		ret = errmsg_set(err, EPROTO, "%s holds no process number", path);
	free(path);
	return ret;
}

static int open_control(
	const struct ctl_settings *settings, struct ctl_rpc **rpc, struct errmsg *err)
{
	char *target;
	long pid;
	int ret = read_pid(settings, &pid, err);

	if (ret)
		return ret;
	target = ctl_xasprintf("unix:%s/vswitchd.%ld.ctl", settings->rundir, pid);
	ret = ctl_rpc_open(target, settings->retry, settings->deadline_ms, rpc, err);
	if ((ret == -ENOENT || ret == -ECONNREFUSED) && kill((pid_t)pid, 0) && errno == ESRCH)
		errmsg_set(err, -ret,
			"vswitchd isn't running: process %ld of %s/vswitchd.pid is gone. Start it "
			"again",
			pid, settings->rundir);
	free(target);
	return ret;
}

/* Runs a command of the daemon, with --json behind its arguments; its text is JSON then. */
static int ask(const struct ctl_settings *settings, const char *command,
	const struct ctl_call *call, json_t **json, struct errmsg *err)
{
	json_t *params = json_array(), *result, *error;
	struct ctl_rpc *rpc;
	int ret = open_control(settings, &rpc, err);

	if (ret) {
		json_decref(params);
		return ret;
	}
	json_array_append_new(params, json_string("--json"));
	for (int i = 0; i < call->n_args; i++)
		json_array_append_new(params, json_string(call->args[i]));
	ret = ctl_rpc_call(rpc, command, params, settings->deadline_ms, &result, &error, err);
	if (ret == -EREMOTEIO) {
		const char *text = json_string_value(error);
		size_t length = text ? strcspn(text, "\n") : 0;

		errmsg_set(err, EREMOTEIO, "%.*s", length ? (int)length : 30,
			length ? text : "the switch refused the command");
		json_decref(error);
	}
	ctl_rpc_close(rpc);
	if (ret)
		return ret;
	*json = json_loads(json_is_string(result) ? json_string_value(result) : "", 0, NULL);
	json_decref(result);
	return *json ? 0 : errmsg_set(err, EPROTO, "the switch's answer to %s isn't JSON", command);
}

static char *cell_text(const json_t *value)
{
	char *text;

	if (!value || json_is_null(value))
		return ctl_xstrdup("-");
	if (json_is_string(value))
		return ctl_xstrdup(json_string_value(value));
	if (json_is_real(value))
		return ctl_xasprintf("%.1f", json_real_value(value));
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	return text ? text : ctl_xstrdup("");
}

/* All keys of the objects, in order of first appearance. */
static json_t *collect_keys(const json_t *rows)
{
	json_t *keys = json_object(), *order = json_array(), *row, *value;
	const char *key;
	size_t i;

	json_array_foreach ((json_t *)rows, i, row) {
		json_object_foreach (row, key, value) {
			if (json_object_get(keys, key))
				continue;
			json_object_set_new(keys, key, json_true());
			json_array_append_new(order, json_string(key));
		}
	}
	json_decref(keys);
	return order;
}

static bool is_numeric(const json_t *rows, const char *key)
{
	bool numeric = false;
	json_t *row;
	size_t i;

	json_array_foreach ((json_t *)rows, i, row) {
		const json_t *value = json_object_get(row, key);

		if (json_is_number(value))
			numeric = true;
		else if (value && !json_is_null(value))
			return false;
	}
	return numeric;
}

int ctl_view_table(const json_t *json, struct ctl_table **table, struct errmsg *err)
{
	json_t *keys, *row;
	size_t i;

	if (!json_is_array(json))
		return errmsg_set(err, EPROTO, "the switch's answer is no table");
	json_array_foreach ((json_t *)json, i, row) {
		if (!json_is_object(row))
			return errmsg_set(err, EPROTO, "the switch's answer is no table");
	}
	keys = collect_keys(json);
	*table = ctl_table_create();
	for (size_t c = 0; c < json_array_size(keys); c++) {
		const char *key = json_string_value(json_array_get(keys, c));

		ctl_table_add_column(*table, key, is_numeric(json, key));
	}
	json_array_foreach ((json_t *)json, i, row) {
		for (size_t c = 0; c < json_array_size(keys); c++) {
			json_t *value =
				json_object_get(row, json_string_value(json_array_get(keys, c)));

			ctl_table_add_cell(*table, cell_text(value), json_incref(value));
		}
	}
	json_decref(keys);
	return 0;
}

static int view(const struct ctl_settings *settings, struct ctl_call *call, const char *command,
	struct errmsg *err)
{
	json_t *json;
	int ret = ask(settings, command, call, &json, err);

	if (ret)
		return ret;
	if (settings->format_given && settings->style.format == CTL_FORMAT_JSON)
		ctl_table_print_json(json, &settings->style, &call->output);
	else
		ret = ctl_view_table(json, &call->table, err);
	json_decref(json);
	return ret;
}

static int view_fdb(const struct ctl_settings *settings, struct ctl_call *call, struct errmsg *err)
{
	return view(settings, call, "fdb/list", err);
}

static int view_stats(
	const struct ctl_settings *settings, struct ctl_call *call, struct errmsg *err)
{
	return view(settings, call, "port/stats", err);
}

static int view_drops(
	const struct ctl_settings *settings, struct ctl_call *call, struct errmsg *err)
{
	return view(settings, call, "port/drops", err);
}

static int view_workers(
	const struct ctl_settings *settings, struct ctl_call *call, struct errmsg *err)
{
	return view(settings, call, "worker/list", err);
}

static const struct ctl_command commands[] = {
	{"fdb", "", "[BRIDGE]", 0, 1, CTL_TARGET_RUNTIME, "print the MAC address table",
		"Prints the addresses that the bridge, or each bridge, has learned: VLAN, address, "
		"port, and the age in seconds.",
		.view = view_fdb},
	{"stats", "", "[PORT]", 0, 1, CTL_TARGET_RUNTIME, "print the counters of ports",
		"Prints the packets and bytes received, sent and dropped by the port, or by each "
		"port.",
		.view = view_stats},
	{"drops", "", "[PORT]", 0, 1, CTL_TARGET_RUNTIME, "print why packets were dropped",
		"Prints the number of packets that the port, or each port, dropped for each reason "
		"that occurred.",
		.view = view_drops},
	{"workers", "", "", 0, 0, CTL_TARGET_RUNTIME, "print what the workers do",
		"Prints for each worker its core, the packets it moved, the processor cycles that "
		"one took, and what share of its time it was busy.",
		.view = view_workers},
};

struct ctl_command_group ctl_view_commands(void)
{
	return (struct ctl_command_group){"Run-time views", commands, CTL_ARRAY_SIZE(commands)};
}
