/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/fdb.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <rte_pause.h>

#include "datapath/bigmem.h"

/* 20 bytes an entry: 3.2 of 5 slots in use when the table is full, so that a key nearly always
 * finds room in its first bucket. */
#define FDB_BYTES_PER_ENTRY 20

struct fdb *fdb_create(uint32_t max_entries)
{
	struct fdb *fdb = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*fdb));

	if (!fdb)
		return NULL;
	memset(fdb, 0, sizeof(*fdb));
	fdb->max_entries = RTE_MAX(max_entries, FDB_SIZE_MIN);
	fdb->max_entries = RTE_MIN(fdb->max_entries, FDB_SIZE_MAX);
	fdb->hasher.n_buckets = RTE_MAX(
		(uint64_t)fdb->max_entries * FDB_BYTES_PER_ENTRY / sizeof(struct fdb_bucket), 8u);
	fdb->mem_size = (size_t)fdb->hasher.n_buckets * sizeof(struct fdb_bucket);
	fdb->hasher.buckets = bigmem_alloc(fdb->mem_size);
	if (!fdb->hasher.buckets ||
		getrandom(fdb->hasher.secret, sizeof(fdb->hasher.secret), 0) < 0) {
		fdb_destroy(fdb);
		return NULL;
	}
	fdb->hasher.secret[1] |= 1;
	return fdb;
}

void fdb_destroy(struct fdb *fdb)
{
	if (!fdb)
		return;
	bigmem_free(fdb->hasher.buckets, fdb->mem_size);
	free(fdb);
}

static bool try_lock(struct fdb_bucket *b)
{
	uint32_t state = atomic_load_explicit(&b->state, memory_order_relaxed);

	return !(state & FDB_LOCKED) &&
	       atomic_compare_exchange_strong_explicit(&b->state, &state, state | FDB_LOCKED,
		       memory_order_acquire, memory_order_relaxed);
}

static void lock(struct fdb_bucket *b)
{
	while (!try_lock(b))
		rte_pause();
}

static void unlock(struct fdb_bucket *b)
{
	atomic_fetch_and_explicit(&b->state, ~FDB_LOCKED, memory_order_release);
}

static void lock_pair(struct fdb_bucket *a, struct fdb_bucket *b)
{
	lock(RTE_MIN(a, b));
	if (a != b)
		lock(RTE_MAX(a, b));
}

static void unlock_pair(struct fdb_bucket *a, struct fdb_bucket *b)
{
	if (a != b)
		unlock(b);
	unlock(a);
}

/* Readers that miss a key in `b`, its first bucket, look at its second from now on. */
static void set_overflowed(struct fdb_bucket *b)
{
	atomic_fetch_or_explicit(&b->state, FDB_OVERFLOWED, memory_order_release);
}

static uint64_t slot_key(const struct fdb_bucket *b, int slot)
{
	return atomic_load_explicit(&b->key[slot], memory_order_relaxed);
}

static uint32_t slot_value(const struct fdb_bucket *b, int slot)
{
	return atomic_load_explicit(&b->value[slot], memory_order_relaxed);
}

/* In the order that fdb_slot_read() counts on. */
static void slot_set(struct fdb_bucket *b, int slot, uint64_t key, uint32_t value)
{
	atomic_store_explicit(&b->key[slot], 0, memory_order_release);
	atomic_store_explicit(&b->value[slot], value, memory_order_release);
	atomic_store_explicit(&b->key[slot], key, memory_order_release);
}

/* The slot of `key` (0: of free room), or -1. */
static int find_slot(const struct fdb_bucket *b, uint64_t key)
{
	uint32_t match = fdb_match(b, key);

	return match ? __builtin_ctz(match) : -1;
}

/* Looks at one bucket; when a slot changed hands under it, again. */
static uint32_t find_in(const struct fdb_bucket *b, uint64_t key)
{
	uint32_t match, value;

	while ((match = fdb_match(b, key))) {
		if (fdb_slot_read(b, __builtin_ctz(match), key, &value))
			return value;
	}
	return FDB_MISS;
}

/* A key is moved from its first bucket to its second by entering it there before it is removed
 * here, so looking in this order finds it all the time. */
uint32_t fdb_find_again(const struct fdb *fdb, uint64_t key)
{
	uint64_t hash = fdb_hash(&fdb->hasher, key);
	const struct fdb_bucket *first = fdb_first(&fdb->hasher, hash);
	uint32_t value = find_in(first, key);

	atomic_thread_fence(memory_order_acquire);
	if (value == FDB_MISS &&
		(atomic_load_explicit(&first->state, memory_order_acquire) & FDB_OVERFLOWED))
		value = find_in(fdb_second(&fdb->hasher, hash), key);
	return value;
}

/* Moves one entry, which is in its first bucket here, to its second, if there is room. Readers
 * look at the first bucket and then at the second, so they find it all the time. Only try_lock:
 * the caller holds locks. Returns the slot that became free, or -1. */
static int displace(struct fdb *fdb, struct fdb_bucket *b, const struct fdb_bucket *other)
{
	for (int i = 0; i < FDB_SLOTS; i++) {
		uint64_t key = slot_key(b, i);
		uint64_t hash = fdb_hash(&fdb->hasher, key);
		struct fdb_bucket *to = fdb_second(&fdb->hasher, hash);
		int slot;

		if (fdb_first(&fdb->hasher, hash) != b || to == b || to == other || !try_lock(to))
			continue;
		slot = find_slot(to, 0);
		if (slot >= 0) {
			set_overflowed(b);
			slot_set(to, slot, key, slot_value(b, i));
		}
		unlock(to);
		if (slot >= 0)
			return i;
	}
	return -1;
}

/* Seconds since `value` was stamped. A worker may be a second ahead of `now`: that is an age of 0,
 * not of 65,535. */
static uint32_t age_of(uint32_t value, uint32_t now)
{
	int16_t age = (int16_t)(uint16_t)(now - (value >> 16));

	return age > 0 ? age : 0;
}

/* The oldest entry of both buckets; false when they are empty. */
static bool find_oldest(struct fdb_bucket *a, struct fdb_bucket *b, uint32_t now,
	struct fdb_bucket **bucket, int *slot)
{
	struct fdb_bucket *const both[] = {a, b};
	int oldest = -1;

	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < FDB_SLOTS; j++) {
			int age = (int)age_of(slot_value(both[i], j), now);

			if (slot_key(both[i], j) && age > oldest) {
				oldest = age;
				*bucket = both[i];
				*slot = j;
			}
		}
	}
	return oldest >= 0;
}

static bool is_full(const struct fdb *fdb)
{
	return atomic_load_explicit(&fdb->n_entries, memory_order_relaxed) >= fdb->max_entries;
}

static void count_new(struct fdb *fdb)
{
	atomic_fetch_add_explicit(&fdb->n_entries, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&fdb->learned, 1, memory_order_relaxed);
}

/* Enters a key that is in neither of the two buckets, both locked. */
static void insert(struct fdb *fdb, struct fdb_bucket *a, struct fdb_bucket *b, uint64_t key,
	uint32_t value, uint32_t now)
{
	struct fdb_bucket *to = a;
	int slot = -1;

	if (!is_full(fdb)) {
		slot = find_slot(a, 0);
		if (slot < 0)
			slot = displace(fdb, a, b);
		if (slot < 0) {
			to = b;
			slot = find_slot(b, 0);
		}
		if (slot < 0)
			slot = displace(fdb, b, a);
	}
	if (slot >= 0) {
		count_new(fdb);
	} else if (find_oldest(a, b, now, &to, &slot)) {
		atomic_fetch_add_explicit(&fdb->evicted, 1, memory_order_relaxed);
		atomic_fetch_add_explicit(&fdb->learned, 1, memory_order_relaxed);
	} else {
		atomic_fetch_add_explicit(&fdb->refused, 1, memory_order_relaxed);
		return;
	}
	if (to == b)
		set_overflowed(a);
	slot_set(to, slot, key, value);
}

static uint32_t change(struct fdb *fdb, struct fdb_bucket *b, int slot, uint32_t value)
{
	uint16_t old = fdb_value_port(slot_value(b, slot));

	atomic_store_explicit(&b->value[slot], value, memory_order_relaxed);
	if (old == fdb_value_port(value))
		return FDB_MISS;
	atomic_fetch_add_explicit(&fdb->moved, 1, memory_order_relaxed);
	return old;
}

uint32_t fdb_update(struct fdb *fdb, uint64_t key, uint16_t port, uint32_t now)
{
	uint64_t hash = fdb_hash(&fdb->hasher, key);
	struct fdb_bucket *a = fdb_first(&fdb->hasher, hash), *b = fdb_second(&fdb->hasher, hash),
			  *at;
	uint32_t value = fdb_value(port, now);
	uint32_t from = FDB_MISS;
	int slot;

	/* Nearly always one bucket is enough. */
	lock(a);
	slot = find_slot(a, key);
	if (slot >= 0) {
		from = change(fdb, a, slot, value);
		unlock(a);
		return from;
	}
	slot = find_slot(a, 0);
	if (slot >= 0 && !is_full(fdb) &&
		!(atomic_load_explicit(&a->state, memory_order_relaxed) & FDB_OVERFLOWED)) {
		slot_set(a, slot, key, value);
		count_new(fdb);
		unlock(a);
		return FDB_MISS;
	}
	unlock(a);

	lock_pair(a, b);
	at = a;
	slot = find_slot(a, key);
	if (slot < 0) {
		at = b;
		slot = find_slot(b, key);
	}
	if (slot >= 0)
		from = change(fdb, at, slot, value);
	else
		insert(fdb, a, b, key, value, now);
	unlock_pair(a, b);
	return from;
}

/* Frees the slots of a bucket that `doomed` names; returns how many. The look without the lock
 * spares buckets, nearly all, that have nothing to free. */
static uint32_t remove_from(struct fdb *fdb, struct fdb_bucket *b,
	bool (*doomed)(uint64_t key, uint32_t value, const uint32_t *arg), const uint32_t *arg)
{
	uint32_t removed = 0;
	bool any = false;

	for (int i = 0; i < FDB_SLOTS; i++)
		any |= slot_key(b, i) && doomed(slot_key(b, i), slot_value(b, i), arg);
	if (!any)
		return 0;
	lock(b);
	for (int i = 0; i < FDB_SLOTS; i++) {
		if (slot_key(b, i) && doomed(slot_key(b, i), slot_value(b, i), arg)) {
			slot_set(b, i, 0, 0);
			removed++;
		}
	}
	unlock(b);
	atomic_fetch_sub_explicit(&fdb->n_entries, removed, memory_order_relaxed);
	return removed;
}

static bool is_old(uint64_t key, uint32_t value, const uint32_t *arg)
{
	return age_of(value, arg[0]) >= arg[1];
}

uint32_t fdb_age(struct fdb *fdb, uint32_t now, uint32_t max_age, uint32_t first, uint32_t n)
{
	const uint32_t arg[] = {now, max_age};
	uint32_t removed = 0;

	if (atomic_load_explicit(&fdb->n_entries, memory_order_relaxed) == 0)
		return first;
	for (n = RTE_MIN(n, fdb->hasher.n_buckets); n; n--) {
		if (first >= fdb->hasher.n_buckets)
			first = 0;
		removed += remove_from(fdb, &fdb->hasher.buckets[first++], is_old, arg);
	}
	atomic_fetch_add_explicit(&fdb->expired, removed, memory_order_relaxed);
	return first;
}

static uint16_t key_vid(uint64_t key)
{
	return (key >> 48) & 0xfff;
}

static bool is_flushed(uint64_t key, uint32_t value, const uint32_t *arg)
{
	return (arg[0] == UINT32_MAX || fdb_value_port(value) == arg[0]) &&
	       (arg[1] == UINT32_MAX || key_vid(key) == arg[1]);
}

uint32_t fdb_flush(struct fdb *fdb, uint32_t port, uint32_t vid)
{
	const uint32_t arg[] = {port, vid};
	uint32_t removed = 0;

	for (uint32_t i = 0; i < fdb->hasher.n_buckets; i++)
		removed += remove_from(fdb, &fdb->hasher.buckets[i], is_flushed, arg);
	return removed;
}

void fdb_for_each(const struct fdb *fdb, uint32_t now,
	void (*visit)(const struct fdb_entry *entry, void *arg), void *arg)
{
	for (uint32_t i = 0; i < fdb->hasher.n_buckets; i++) {
		for (int slot = 0; slot < FDB_SLOTS; slot++) {
			const struct fdb_bucket *b = &fdb->hasher.buckets[i];
			uint64_t key = slot_key(b, slot);
			uint32_t value = slot_value(b, slot);
			struct fdb_entry entry = {
				.vid = key_vid(key),
				.port = fdb_value_port(value),
				.age = age_of(value, now),
			};

			if (!key || slot_key(b, slot) != key)
				continue;
			memcpy(entry.mac, &key, sizeof(entry.mac));
			visit(&entry, arg);
		}
	}
}
