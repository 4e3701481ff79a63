/* SPDX-License-Identifier: Apache-2.0 */
#include "ovsdb_test_db.h"

#include "vswitchd/ovsdb_access.h"

static struct ovsdb_db *db;

static void finish(struct ovsdb_txn *txn)
{
	struct ovsdb_error err = {.tag = NULL};

	if (ovsdb_txn_prepare(txn, &err))
		fail_msg("%s", err.details);
	ovsdb_txn_commit(txn);
}

/* A bridge with one port of one interface. */
static struct ovsdb_row *make_bridge(void)
{
	struct ovsdb_txn *txn = ovsdb_txn_begin(db);
	struct ovsdb_row *root = ovsdb_txn_insert(txn, ovsdb_db_table(db, "Open_vSwitch"), NULL);
	struct ovsdb_row *bridge = ovsdb_txn_insert(txn, ovsdb_db_table(db, "Bridge"), NULL);
	struct ovsdb_row *port = ovsdb_txn_insert(txn, ovsdb_db_table(db, "Port"), NULL);
	struct ovsdb_row *iface = ovsdb_txn_insert(txn, ovsdb_db_table(db, "Interface"), NULL);
	const char *const keys[] = {"b", "a", "b"}, *const values[] = {"x", "0x10", "true"};
	const int64_t trunks[] = {20, 10, 20};

	ovsdb_row_set_refs(txn, root, "bridges", &bridge, 1);
	ovsdb_row_set_refs(txn, bridge, "ports", &port, 1);
	ovsdb_row_set_refs(txn, port, "interfaces", &iface, 1);
	ovsdb_row_set_text(txn, bridge, "name", "br0");
	ovsdb_row_set_text(txn, port, "name", "p0");
	ovsdb_row_set_text(txn, iface, "name", "p0");
	ovsdb_row_set_ints(txn, port, "trunks", trunks, 3);
	ovsdb_row_set_int(txn, port, "tag", 5);
	ovsdb_row_set_bool(txn, bridge, "stp_enable", true);
	ovsdb_row_set_map(txn, bridge, "other_config", keys, values, 3);
	finish(txn);
	return bridge;
}

static void columns_are_read_by_name(void **state)
{
	struct ovsdb_row *bridge = make_bridge(), *port, *row;
	unsigned int n = 0;

	assert_string_equal(ovsdb_row_get_text(bridge, "name", "?"), "br0");
	assert_string_equal(ovsdb_row_get_text(bridge, "fail_mode", "none"), "none");
	assert_true(ovsdb_row_get_bool(bridge, "stp_enable", false));
	assert_string_equal(ovsdb_row_map_text(bridge, "other_config", "a", ""), "0x10");
	assert_null(ovsdb_row_map_text(bridge, "other_config", "c", NULL));
	assert_int_equal(ovsdb_row_map_int(bridge, "other_config", "a", 7), 16);
	assert_int_equal(ovsdb_row_map_int(bridge, "other_config", "b", 7), 7);
	assert_true(ovsdb_row_map_bool(bridge, "other_config", "b", false));
	assert_true(ovsdb_row_map_bool(bridge, "other_config", "c", true));

	port = ovsdb_row_get_ref(bridge, "ports", 0);
	assert_non_null(port);
	assert_null(ovsdb_row_get_ref(bridge, "ports", 1));
	assert_int_equal(ovsdb_row_n(port, "trunks"), 2);
	assert_int_equal(ovsdb_row_get(port, "trunks")->keys[1].integer, 20);
	assert_int_equal(ovsdb_row_get_int(port, "tag", -1), 5);
	assert_ptr_equal(ovsdb_row_by_text(port->table, "name", "p0"), port);
	assert_null(ovsdb_row_by_text(port->table, "name", "p1"));
	assert_ptr_equal(ovsdb_row_by_uuid(port->table, &port->uuid), port);
	OVSDB_ROW_FOREACH(row, port->table)
	n++;
	assert_int_equal(n, 1);
}

static void a_refresh_with_nothing_new_is_empty(void **state)
{
	struct ovsdb_row *bridge = make_bridge();
	struct ovsdb_row *port = ovsdb_row_get_ref(bridge, "ports", 0);
	struct ovsdb_row *iface = ovsdb_row_get_ref(port, "interfaces", 0);
	const char *const keys[] = {"rx_bytes", "tx_bytes"};
	const int64_t counts[] = {1, 2};
	struct ovsdb_error err;
	struct ovsdb_txn *txn;

	for (int round = 0; round < 2; round++) {
		txn = ovsdb_txn_begin(db);
		ovsdb_row_set_map_ints(txn, iface, "statistics", keys, counts, 2);
		ovsdb_row_set_text(txn, iface, "error", NULL);
		ovsdb_row_set_text(txn, iface, "link_state", "up");
		ovsdb_row_set_map_key(txn, iface, "status", "driver", "x");
		ovsdb_row_set_map_key(txn, iface, "options", "none", NULL);
		ovsdb_row_clear(txn, port, "tag");
		assert_int_equal(ovsdb_txn_prepare(txn, &err), 0);
		assert_int_equal(ovsdb_txn_is_empty(txn), round == 1);
		if (ovsdb_txn_is_empty(txn))
			ovsdb_txn_abort(txn);
		else
			ovsdb_txn_commit(txn);
	}
	assert_string_equal(ovsdb_row_map_text(iface, "status", "driver", ""), "x");
	assert_int_equal(ovsdb_row_get_int(port, "tag", -1), -1);
}

static void wrong_values_are_refused_at_the_end(void **state)
{
	struct ovsdb_row *bridge = make_bridge();
	struct ovsdb_row *port = ovsdb_row_get_ref(bridge, "ports", 0);
	struct ovsdb_error err;
	struct ovsdb_txn *txn = ovsdb_txn_begin(db);

	ovsdb_row_set_int(txn, port, "tag", 4096);
	ovsdb_row_set_text(txn, port, "vlan_mode", "wild");
	assert_int_equal(ovsdb_txn_prepare(txn, &err), -EINVAL);
	assert_non_null(strstr(err.details, "tag"));
	ovsdb_txn_abort(txn);
}

static void text_of_any_kind_can_be_set(void **state)
{
	struct ovsdb_row *bridge = make_bridge();
	struct ovsdb_txn *txn = ovsdb_txn_begin(db);

	ovsdb_row_set_text(txn, bridge, "datapath_version", "a\xff");
	finish(txn);
	assert_string_equal(ovsdb_row_get_text(bridge, "datapath_version", ""), "a?");
}

/* What waits for the disk isn't seen yet, and what it deleted can't be written to. */
static void only_what_is_committed_is_read(void **state)
{
	struct ovsdb_row *bridge = make_bridge();
	struct ovsdb_table *table = bridge->table;
	struct ovsdb_txn *pending, *txn;
	struct ovsdb_error err;

	json_decref(execute(db,
		"[{'op':'update','table':'Open_vSwitch','where':[],'row':{'bridges':['set',[]]}}]",
		&pending));
	assert_null(bridge->current);
	assert_ptr_equal(ovsdb_row_first(table), bridge);
	assert_ptr_equal(ovsdb_row_by_text(table, "name", "br0"), bridge);
	txn = ovsdb_txn_begin(db);
	ovsdb_row_set_bool(txn, bridge, "stp_enable", false);
	ovsdb_row_set_map_key(txn, bridge, "other_config", "a", "1");
	assert_int_equal(ovsdb_txn_prepare(txn, &err), 0);
	assert_true(ovsdb_txn_is_empty(txn));
	ovsdb_txn_abort(txn);
	ovsdb_txn_commit(pending);
	assert_null(ovsdb_row_first(table));
}

static int setup(void **state)
{
	db = ovsdb_db_create(ovsdb_schema_builtin());
	return 0;
}

static int teardown(void **state)
{
	ovsdb_db_destroy(db);
	return 0;
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_are_read_by_name),
		TEST(a_refresh_with_nothing_new_is_empty),
		TEST(wrong_values_are_refused_at_the_end),
		TEST(text_of_any_kind_can_be_set),
		TEST(only_what_is_committed_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
