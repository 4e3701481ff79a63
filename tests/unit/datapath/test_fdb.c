/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/fdb.h"

#define N_THREADS 2
#define FULL_TABLE_EVICTIONS 3 /* of 100,000; one in a few hundred runs has any */

static void learn(struct fdb *fdb, uint64_t mac, uint16_t vid, uint16_t port, uint32_t now)
{
	uint64_t key = fdb_key(mac, vid);

	fdb_learn(fdb, key, fdb_bucket(&fdb->hasher, key), port, now);
}

static uint32_t find_port(const struct fdb *fdb, uint64_t mac, uint16_t vid)
{
	uint64_t key = fdb_key(mac, vid);
	uint32_t value = fdb_find(fdb, key, fdb_bucket(&fdb->hasher, key));

	return value == FDB_MISS ? FDB_MISS : fdb_value_port(value);
}

static void learns_moves_and_keeps_vlans_apart(void **state)
{
	struct fdb *fdb = fdb_create(1000);

	assert_int_equal(find_port(fdb, 0x10, 1), FDB_MISS);
	learn(fdb, 0x10, 1, 7, 100);
	learn(fdb, 0x10, 2, 8, 100);
	assert_int_equal(find_port(fdb, 0x10, 1), 7);
	assert_int_equal(find_port(fdb, 0x10, 2), 8);
	assert_int_equal(find_port(fdb, 0x10, 3), FDB_MISS);
	learn(fdb, 0x10, 1, 9, 101);
	assert_int_equal(find_port(fdb, 0x10, 1), 9);
	assert_int_equal(fdb->n_entries, 2);
	assert_int_equal(fdb->moved, 1);
	/* The address of all zeros is an address like others, not a free slot. */
	assert_int_equal(find_port(fdb, 0, 0), FDB_MISS);
	learn(fdb, 0, 0, 3, 100);
	assert_int_equal(find_port(fdb, 0, 0), 3);
	fdb_destroy(fdb);
}

static void holds_as_many_as_promised_in_20_bytes_each(void **state)
{
	uint32_t n = 100000;
	struct fdb *fdb = fdb_create(n);
	uint64_t missing = 0, evicted;

	assert_true(fdb->mem_size <= 20ull * n);
	for (uint32_t i = 0; i < n; i++)
		learn(fdb, i * 0x10001ull, 5, i % 1000, 1);
	/* The secret is another one each time; now and then a neighbourhood has no room left. */
	assert_true(fdb->evicted <= FULL_TABLE_EVICTIONS);
	assert_int_equal(fdb->n_entries + fdb->evicted, n);
	assert_int_equal(fdb->refused, 0);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t port = find_port(fdb, i * 0x10001ull, 5);

		missing += port == FDB_MISS;
		assert_true(port == FDB_MISS || port == i % 1000);
	}
	assert_int_equal(missing, fdb->evicted);
	for (uint32_t i = 0; fdb->n_entries < n; i++)
		learn(fdb, 0xbbbbbbbb0000 + i, 5, 1, 1);
	evicted = fdb->evicted;
	/* More take the place of others near by that are older; where there are none, they are
	 * refused, and the count stands still. */
	for (uint32_t i = 0; i < 100; i++) {
		uint64_t refused = fdb->refused;

		learn(fdb, 0xaaaaaaaa0000 + i, 5, 1, 2);
		assert_int_equal(find_port(fdb, 0xaaaaaaaa0000 + i, 5),
			fdb->refused == refused ? 1 : FDB_MISS);
	}
	assert_int_equal(fdb->n_entries, n);
	assert_int_equal(fdb->evicted - evicted + fdb->refused, 100);
	assert_true(fdb->refused < 10);
	fdb_destroy(fdb);
}

static void a_tiny_table_stays_within_its_limit(void **state)
{
	struct fdb *fdb = fdb_create(FDB_SIZE_MIN);

	for (uint32_t i = 0; i < 1000; i++) {
		learn(fdb, i, 1, 1, i);
		assert_true(fdb->n_entries <= FDB_SIZE_MIN);
	}
	assert_int_equal(fdb->learned + fdb->refused, 1000);
	fdb_destroy(fdb);
}

static void ages_and_refreshes(void **state)
{
	struct fdb *fdb = fdb_create(1000);

	learn(fdb, 1, 1, 1, 65530);
	learn(fdb, 2, 1, 1, 65530);
	/* The stamp wraps round between learning and refreshing. */
	learn(fdb, 2, 1, 1, 65830);
	assert_int_equal(fdb_age(fdb, 65829, 300, 0, fdb->hasher.n_buckets), fdb->hasher.n_buckets);
	assert_int_equal(fdb->n_entries, 2);
	fdb_age(fdb, 65830, 300, 0, fdb->hasher.n_buckets);
	assert_int_equal(find_port(fdb, 1, 1), FDB_MISS);
	assert_int_equal(find_port(fdb, 2, 1), 1);
	assert_int_equal(fdb->expired, 1);
	/* A stamp that a worker set a second ahead of control's clock isn't old. */
	learn(fdb, 3, 1, 1, 65832);
	fdb_age(fdb, 65831, 300, 0, fdb->hasher.n_buckets);
	assert_int_equal(find_port(fdb, 3, 1), 1);
	fdb_destroy(fdb);
}

static void count_entry(const struct fdb_entry *entry, void *arg)
{
	(*(unsigned int *)arg)++;
	assert_int_equal(entry->vid, 2);
	assert_int_equal(entry->port, 4);
	assert_int_equal(entry->age, 5);
	assert_int_equal(entry->mac[0], 0x34);
	assert_int_equal(entry->mac[1], 0x12);
}

static void flushes_by_port_and_vlan(void **state)
{
	struct fdb *fdb = fdb_create(1000);
	unsigned int seen = 0;

	learn(fdb, 0x1234, 1, 3, 10);
	learn(fdb, 0x1234, 2, 4, 10);
	learn(fdb, 0x1234, 3, 3, 10);
	learn(fdb, 0x5678, 2, 3, 10);
	assert_int_equal(fdb_flush(fdb, 3, 2), 1);
	assert_int_equal(find_port(fdb, 0x5678, 2), FDB_MISS);
	assert_int_equal(fdb_flush(fdb, 3, UINT32_MAX), 2);
	fdb_for_each(fdb, 15, count_entry, &seen);
	assert_int_equal(seen, 1);
	assert_int_equal(fdb_flush(fdb, UINT32_MAX, UINT32_MAX), 1);
	assert_int_equal(fdb->n_entries, 0);
	fdb_destroy(fdb);
}

struct reader {
	struct fdb *fdb;
	_Atomic bool stop;
	unsigned int wrong, missed;
};

/* Stable addresses must be found all the time, on their port, while others come and go. */
static void *read_all_the_time(void *arg)
{
	struct reader *r = arg;

	while (!r->stop) {
		for (uint64_t mac = 0; mac < 100; mac++) {
			uint32_t port = find_port(r->fdb, mac << 8, 9);

			r->missed += port == FDB_MISS;
			r->wrong += port != FDB_MISS && port != mac;
		}
	}
	return NULL;
}

static void *learn_many(void *arg)
{
	struct reader *r = arg;

	for (uint64_t i = 0; i < 200000; i++)
		learn(r->fdb, 0x800000000000 | i % 300 << 1, 10, i % 7, 1000);
	return NULL;
}

static void readers_find_what_stays_while_writers_work(void **state)
{
	struct reader r = {.fdb = fdb_create(700)};
	pthread_t reader, writers[N_THREADS];

	for (uint64_t mac = 0; mac < 100; mac++)
		learn(r.fdb, mac << 8, 9, mac, 1000);
	pthread_create(&reader, NULL, read_all_the_time, &r);
	for (int i = 0; i < N_THREADS; i++)
		pthread_create(&writers[i], NULL, learn_many, &r);
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(writers[i], NULL);
	r.stop = true;
	pthread_join(reader, NULL);
	assert_int_equal(r.wrong, 0);
	assert_int_equal(r.missed, 0);
	assert_int_equal(r.fdb->n_entries, 400);
	fdb_destroy(r.fdb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learns_moves_and_keeps_vlans_apart),
		cmocka_unit_test(holds_as_many_as_promised_in_20_bytes_each),
		cmocka_unit_test(a_tiny_table_stays_within_its_limit),
		cmocka_unit_test(ages_and_refreshes),
		cmocka_unit_test(flushes_by_port_and_vlan),
		cmocka_unit_test(readers_find_what_stays_while_writers_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
