/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "ofproto/iface_type.h"

struct filled {
	struct port_args args;
	char path[IFACE_PATH_SIZE];
	struct errmsg err;
};

/* Options as key, value, ..., NULL. */
static int fill(struct filled *f, const char *type, const char *name, const char *const *options,
	const char *rundir)
{
	const struct iface_type *t = iface_type_find(type);
	static struct string_map map;

	string_map_clear(&map);
	for (; options && *options; options += 2)
		string_map_add(&map, options[0], options[1]);
	memset(f, 0, sizeof(*f));
	f->args.name = name;
	assert_non_null(t);
	return t->fill(&map, rundir, &f->args, f->path, &f->err);
}

static void every_type_is_found_by_its_name(void **state)
{
	const struct iface_type *types;
	size_t n = iface_type_list(&types);

	assert_true(n >= 6);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(iface_type_find(types[i].name), &types[i]);
	assert_ptr_equal(iface_type_find(""), iface_type_find("system"));
	assert_null(iface_type_find("vxlan"));
	assert_null(iface_type_find("SYSTEM"));
}

static void vhost_client_needs_its_socket(void **state)
{
	const char *const good[] = {"vhost-server-path", "/tmp/a", NULL};
	const char *const empty[] = {"vhost-server-path", "", NULL};
	char text[IFACE_PATH_SIZE + 1];
	const char *longest[] = {"vhost-server-path", text, NULL};
	struct filled f;

	assert_int_equal(fill(&f, "dpdkvhostuserclient", "v", good, "/run"), 0);
	assert_string_equal(f.args.path, "/tmp/a");
	assert_false(f.args.server);
	assert_int_equal(fill(&f, "dpdkvhostuserclient", "v", NULL, "/run"), -EINVAL);
	assert_non_null(strstr(f.err.text, "vhost-server-path"));
	assert_int_equal(fill(&f, "dpdkvhostuserclient", "v", empty, "/run"), -EINVAL);
	memset(text, 'x', sizeof(text));
	text[IFACE_PATH_SIZE] = '\0';
	assert_int_equal(fill(&f, "dpdkvhostuserclient", "v", longest, "/run"), -ENAMETOOLONG);
	text[IFACE_PATH_SIZE - 1] = '\0';
	assert_int_equal(fill(&f, "dpdkvhostuserclient", "v", longest, "/run"), 0);
}

static void vhost_server_listens_in_the_run_directory(void **state)
{
	char rundir[IFACE_PATH_SIZE];
	struct filled f;

	assert_int_equal(fill(&f, "dpdkvhostuser", "vm1", NULL, "/run/x"), 0);
	assert_string_equal(f.args.path, "/run/x/vhost/vm1");
	assert_true(f.args.server);
	/* Not out of it. */
	assert_int_equal(fill(&f, "dpdkvhostuser", "../db.sock", NULL, "/run/x"), -EINVAL);
	memset(rundir, 'x', sizeof(rundir));
	rundir[sizeof(rundir) - 1] = '\0';
	assert_int_equal(fill(&f, "dpdkvhostuser", "vm1", NULL, rundir), -ENAMETOOLONG);
}

static void dpdk_reads_its_numbers(void **state)
{
	const char *const good[] = {"dpdk-devargs", "net_null0", "n_rxq", "2", "n_rxq_desc", "512",
		"n_txq_desc", "1024", NULL};
	static const char *const bad[] = {"0", "-1", "1025", "2x", "", "99999999999999999999"};
	struct filled f;

	assert_int_equal(fill(&f, "dpdk", "d", good, "/run"), 0);
	assert_string_equal(f.args.devargs, "net_null0");
	assert_int_equal(f.args.n_rxq, 2);
	assert_int_equal(f.args.n_rxq_desc, 512);
	assert_int_equal(f.args.n_txq_desc, 1024);
	assert_int_equal(fill(&f, "dpdk", "d", NULL, "/run"), -EINVAL);
	assert_non_null(strstr(f.err.text, "dpdk-devargs"));
	for (size_t i = 0; i < RTE_DIM(bad); i++) {
		const char *const options[] = {"dpdk-devargs", "net_null0", "n_rxq", bad[i], NULL};

		assert_int_equal(fill(&f, "dpdk", "d", options, "/run"), -EINVAL);
		assert_non_null(strstr(f.err.text, "n_rxq"));
	}
}

static void kernel_types_open_what_they_are_called(void **state)
{
	struct filled f;

	assert_int_equal(fill(&f, "internal", "br0", NULL, "/run"), 0);
	assert_string_equal(f.args.ifname, "br0");
	assert_true(f.args.make_tap);
	assert_int_equal(fill(&f, "tap", "tap0", NULL, "/run"), 0);
	assert_true(f.args.make_tap);
	assert_int_equal(fill(&f, "", "eth0", NULL, "/run"), 0);
	assert_string_equal(f.args.ifname, "eth0");
	assert_false(f.args.make_tap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_found_by_its_name),
		cmocka_unit_test(vhost_client_needs_its_socket),
		cmocka_unit_test(vhost_server_listens_in_the_run_directory),
		cmocka_unit_test(dpdk_reads_its_numbers),
		cmocka_unit_test(kernel_types_open_what_they_are_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
