/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "utilities/ctl_rpc.h"
#include "utilities/ctl_view.h"

/* A run-time socket that answers one request. */
struct daemon {
	char rundir[64];
	char path[108];
	int fd;
	pthread_t thread;
	const char *answer; /* what follows the id */
	char request[512];
};

static void *serve(void *arg)
{
	struct daemon *daemon = arg;
	int fd = accept(daemon->fd, NULL, NULL);
	ssize_t n = read(fd, daemon->request, sizeof(daemon->request) - 1);

	daemon->request[n > 0 ? n : 0] = '\0';
	dprintf(fd, "{\"id\":1,%s", daemon->answer);
	/* Until the client closes. */
	(void)!read(fd, &(char){0}, 1);
	close(fd);
	return NULL;
}

static int setup(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	char pidfile[128];
	FILE *f;

	strcpy(daemon->rundir, "/tmp/test_ctl_view-XXXXXX");
	assert_non_null(mkdtemp(daemon->rundir));
	snprintf(pidfile, sizeof(pidfile), "%s/vswitchd.pid", daemon->rundir);
	f = fopen(pidfile, "w");
	assert_non_null(f);
	fprintf(f, "%d\n", getpid());
	fclose(f);
	snprintf(
		daemon->path, sizeof(daemon->path), "%s/vswitchd.%d.ctl", daemon->rundir, getpid());
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", daemon->path);
	daemon->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(daemon->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(daemon->fd, 1), 0);
	*state = daemon;
	return 0;
}

static int teardown(void **state)
{
	struct daemon *daemon = *state;
	char pidfile[128];

	snprintf(pidfile, sizeof(pidfile), "%s/vswitchd.pid", daemon->rundir);
	unlink(pidfile);
	unlink(daemon->path);
	rmdir(daemon->rundir);
	close(daemon->fd);
	free(daemon);
	return 0;
}

/* Runs the command with the arguments against a daemon that gives `answer`; the output. */
static int view(struct daemon *daemon, const char *answer, struct ctl_settings *settings,
	const char *const *argv, int argc, char **output, struct errmsg *err)
{
	struct ctl_text text = CTL_TEXT_EMPTY;
	struct ctl_call call = {.command = ctl_command_find(argv[0]), .args = (char **)argv + 1};
	int ret;

	call.n_args = argc - 1;
	settings->rundir = daemon->rundir;
	settings->deadline_ms = ctl_now_ms() + 10000;
	daemon->answer = answer;
	assert_int_equal(pthread_create(&daemon->thread, NULL, serve, daemon), 0);
	ret = call.command->view(settings, &call, err);
	pthread_join(daemon->thread, NULL);
	if (call.table)
		ctl_table_print(call.table, &settings->style, 0, &text);
	else
		ctl_text_puts(&text, ctl_text_get(&call.output));
	*output = ctl_text_steal(&text);
	ctl_call_destroy(&call);
	return ret;
}

static const char entries[] =
	"\"error\":null,\"result\":\"[{\\\"bridge\\\":\\\"br0\\\",\\\"vlan\\\":10,\\\"mac\\\":"
	"\\\"52:54:00:00:00:01\\\",\\\"port\\\":\\\"vm1\\\",\\\"age\\\":3},{\\\"bridge\\\":"
	"\\\"br0\\\","
	"\\\"vlan\\\":4095,\\\"mac\\\":\\\"52:54:00:00:00:02\\\",\\\"port\\\":\\\"a-long-name\\\","
	"\\\"age\\\":120,\\\"static\\\":true}]\"}";

static void objects_become_an_aligned_table(void **state)
{
	struct ctl_settings settings = {.style = {.format = CTL_FORMAT_TABLE, .headings = true}};
	const char *argv[] = {"fdb", "br0"};
	struct errmsg err = {""};
	char *output;

	assert_int_equal(view(*state, entries, &settings, argv, 2, &output, &err), 0);
	assert_string_equal(output, "bridge vlan mac               port        age static\n"
				    "------ ---- ----------------- ----------- --- ------\n"
				    "br0      10 52:54:00:00:00:01 vm1           3 -\n"
				    "br0    4095 52:54:00:00:00:02 a-long-name 120 true\n");
	free(output);
	assert_non_null(strstr(((struct daemon *)*state)->request, "\"fdb/list\""));
	assert_non_null(strstr(((struct daemon *)*state)->request, "[\"--json\",\"br0\"]"));
}

static void json_is_passed_on(void **state)
{
	struct ctl_settings settings = {.style = {.format = CTL_FORMAT_JSON}, .format_given = true};
	const char *argv[] = {"workers"};
	struct errmsg err = {""};
	char *output;

	assert_int_equal(view(*state,
				 "\"error\":null,\"result\":\"[{\\\"core\\\":1,"
				 "\\\"busy_percent\\\":12.5}]\"}",
				 &settings, argv, 1, &output, &err),
		0);
	assert_string_equal(output, "[{\"core\":1,\"busy_percent\":12.5}]\n");
	free(output);
}

static void errors_of_the_switch_are_told(void **state)
{
	struct ctl_settings settings = {.style = {.format = CTL_FORMAT_TABLE}};
	const char *argv[] = {"stats", "nope"};
	struct errmsg err = {""};
	char *output;

	assert_int_equal(view(*state, "\"result\":null,\"error\":\"no port nope\\n\"}", &settings,
				 argv, 2, &output, &err),
		-EREMOTEIO);
	assert_string_equal(err.text, "no port nope");
	free(output);
}

static void other_answers_are_refused(void **state)
{
	struct ctl_settings settings = {.style = {.format = CTL_FORMAT_TABLE}};
	const char *argv[] = {"drops"};
	struct errmsg err = {""};
	char *output;

	assert_int_equal(view(*state, "\"error\":null,\"result\":\"plain text\"}", &settings, argv,
				 1, &output, &err),
		-EPROTO);
	free(output);
	assert_int_equal(view(*state, "\"error\":null,\"result\":\"[1,2]\"}", &settings, argv, 1,
				 &output, &err),
		-EPROTO);
	free(output);
}

static void a_missing_daemon_is_explained(void **state)
{
	struct daemon *daemon = *state;
	struct ctl_settings settings = {.rundir = daemon->rundir};
	struct ctl_call call = {.command = ctl_command_find("fdb")};
	struct errmsg err = {""};

	unlink(daemon->path);
	assert_int_equal(call.command->view(&settings, &call, &err), -ENOENT);
	assert_non_null(strstr(err.text, daemon->path));
	settings.rundir = "/nonexistent";
	assert_int_equal(call.command->view(&settings, &call, &err), -ENOENT);
	assert_non_null(strstr(err.text, "vswitchd isn't running: /nonexistent/vswitchd.pid"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(objects_become_an_aligned_table, setup, teardown),
		cmocka_unit_test_setup_teardown(json_is_passed_on, setup, teardown),
		cmocka_unit_test_setup_teardown(errors_of_the_switch_are_told, setup, teardown),
		cmocka_unit_test_setup_teardown(other_answers_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missing_daemon_is_explained, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
