/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The MAC table of a bridge: (VLAN, MAC) -> port and age; the filtering database of IEEE 802.1Q
 * clause 8.8.
 *
 * All workers share it and learn into it. A bucket is one cache line: five keys, their values and
 * a lock. A key has two candidate buckets; the second is looked at only when the first once
 * overflowed. Readers take no lock: they find the key, read the value, and see whether the key
 * still stands there. A writer locks the one or two buckets that it changes. Hashing is keyed with
 * a secret, so that a guest can't aim addresses at one bucket. A full neighbourhood evicts its
 * oldest entry, so a flood of addresses costs its own kind first and never stops learning.
 *
 * Threads: lookups and learning on workers, any number at once; the rest on control, while workers
 * go on. Ages are seconds of clock_seconds(), kept modulo 2^16.
 */
#ifndef DATAPATH_FDB_H
#define DATAPATH_FDB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_prefetch.h>

#include "datapath/thread_role.h"

#define FDB_SLOTS 5
#define FDB_MISS UINT32_MAX

#define FDB_SIZE_MIN 10u
#define FDB_SIZE_MAX 1048576u
#define FDB_SIZE_DEFAULT 262144u
#define FDB_AGE_MIN 15 /* seconds, with _MAX and _DEFAULT */
#define FDB_AGE_MAX 3600
#define FDB_AGE_DEFAULT 300

#define FDB_KEY_USED (1ull << 63)

/* Bits of a bucket's state. */
#define FDB_LOCKED 1u
#define FDB_OVERFLOWED 2u /* a key that wanted this bucket first may be in its second */

struct fdb_bucket {
	_Atomic uint64_t key[FDB_SLOTS];   /* FDB_KEY_USED | VID << 48 | MAC; 0: free */
	_Atomic uint32_t value[FDB_SLOTS]; /* port | stamp << 16 */
	_Atomic uint32_t state;
} __rte_cache_aligned;

_Static_assert(sizeof(struct fdb_bucket) == 64, "a bucket is a cache line");

/* What it takes to find a bucket; a copy in a local variable stays in registers. */
struct fdb_hasher {
	uint64_t secret[2];
	struct fdb_bucket *buckets;
	uint64_t n_buckets;
};

struct fdb {
	struct fdb_hasher hasher;
	uint32_t max_entries;
	size_t mem_size;

	/* Written by workers, when an address is new or moves. */
	struct {
		_Atomic uint32_t n_entries;
		_Atomic uint64_t learned;
		_Atomic uint64_t moved;
		_Atomic uint64_t evicted;
		_Atomic uint64_t refused;
		_Atomic uint64_t expired;
	} __rte_cache_aligned;
};

struct fdb_entry {
	uint8_t mac[6];
	uint16_t vid;
	uint16_t port;
	uint32_t age; /* seconds since last seen */
};

/* A table for `max_entries` (clamped to FDB_SIZE_MIN.._MAX). NULL without memory. */
struct fdb *fdb_create(uint32_t max_entries) ON_CONTROL;
void fdb_destroy(struct fdb *fdb) ON_CONTROL;

/* `mac` as 8 bytes of memory hold it, the upper 16 bits clear; `vid` 0 to 4095. */
static inline uint64_t fdb_key(uint64_t mac, uint16_t vid)
{
	return FDB_KEY_USED | (uint64_t)vid << 48 | mac;
}

static inline uint64_t fdb_hash(const struct fdb_hasher *hasher, uint64_t key)
{
	__uint128_t product = (__uint128_t)(key ^ hasher->secret[0]) * hasher->secret[1];

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The two buckets of a key, of `hash`'s lower and upper half. */
static inline struct fdb_bucket *fdb_first(const struct fdb_hasher *hasher, uint64_t hash)
{
	return &hasher->buckets[((hash & UINT32_MAX) * hasher->n_buckets) >> 32];
}

static inline struct fdb_bucket *fdb_second(const struct fdb_hasher *hasher, uint64_t hash)
{
	return &hasher->buckets[((hash >> 32) * hasher->n_buckets) >> 32];
}

/* The bucket to look for `key` in first. */
static inline struct fdb_bucket *fdb_bucket(const struct fdb_hasher *hasher, uint64_t key)
{
	return fdb_first(hasher, fdb_hash(hasher, key));
}

/* A bit for each slot that holds `key`; without a branch, since which slot it is can't be
 * foretold. */
static inline uint32_t fdb_match(const struct fdb_bucket *bucket, uint64_t key)
{
#if defined(__AVX512VL__)
	__m512i keys = _mm512_load_si512((const void *)bucket);

	return _mm512_mask_cmpeq_epi64_mask(
		(1 << FDB_SLOTS) - 1, keys, _mm512_set1_epi64((long long)key));
#elif defined(__AVX2__)
	__m256i four = _mm256_load_si256((const __m256i *)(const void *)bucket);
	__m256i equal = _mm256_cmpeq_epi64(four, _mm256_set1_epi64x((long long)key));
	uint32_t fifth = atomic_load_explicit(&bucket->key[4], memory_order_relaxed) == key;

	return (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(equal)) | fifth << 4;
#else
	uint32_t match = 0;

	for (unsigned int i = 0; i < FDB_SLOTS; i++)
		match |= (uint32_t)(atomic_load_explicit(&bucket->key[i], memory_order_relaxed) ==
				    key)
			 << i;
	return match;
#endif
}

/* The second look: the first bucket overflowed, or was being changed. */
uint32_t fdb_find_again(const struct fdb *fdb, uint64_t key);

/* The value in `slot`, where `key` was seen. False when the slot was given to another key
 * meanwhile: a writer clears the key, changes the value and then sets the new key. */
static inline bool fdb_slot_read(
	const struct fdb_bucket *bucket, unsigned int slot, uint64_t key, uint32_t *value)
{
	*value = atomic_load_explicit(&bucket->value[slot], memory_order_acquire);
	return likely(atomic_load_explicit(&bucket->key[slot], memory_order_relaxed) == key);
}

/* The value (port | stamp << 16) of `key`, whose bucket is `first`, or FDB_MISS. */
static inline uint32_t fdb_find(const struct fdb *fdb, uint64_t key, const struct fdb_bucket *first)
{
	uint32_t match = fdb_match(first, key);
	uint32_t value;

	if (likely(match && fdb_slot_read(first, __builtin_ctz(match), key, &value)))
		return value;
	atomic_thread_fence(memory_order_acquire);
	if (likely(!(atomic_load_explicit(&first->state, memory_order_acquire) &
		     (FDB_LOCKED | FDB_OVERFLOWED))))
		return FDB_MISS;
	return fdb_find_again(fdb, key);
}

static inline uint16_t fdb_value_port(uint32_t value)
{
	return (uint16_t)value;
}

static inline uint32_t fdb_value(uint16_t port, uint32_t now)
{
	return port | now << 16;
}

/* Enters `key`, or moves it to `port`, or refreshes its age. Returns the port that it moved from,
 * or FDB_MISS. */
uint32_t fdb_update(struct fdb *fdb, uint64_t key, uint16_t port, uint32_t now) ON_WORKER;

/* Learns that `key`, whose bucket is `first`, was seen on `port` at second `now`; a write only when
 * that is news. */
static inline void fdb_learn(struct fdb *fdb, uint64_t key, const struct fdb_bucket *first,
	uint16_t port, uint32_t now) ON_WORKER
{
	if (unlikely(fdb_find(fdb, key, first) != fdb_value(port, now)))
		fdb_update(fdb, key, port, now);
}

/* Removes what was not seen for `max_age` seconds from `n` buckets beginning at `first` (wrapping
 * round); returns where to go on. */
uint32_t fdb_age(
	struct fdb *fdb, uint32_t now, uint32_t max_age, uint32_t first, uint32_t n) ON_CONTROL;

/* Removes entries of `port` (UINT32_MAX: any) in `vid` (UINT32_MAX: any). Returns how many. */
uint32_t fdb_flush(struct fdb *fdb, uint32_t port, uint32_t vid) ON_CONTROL;

/* Calls `visit` for each entry, in no order; an entry that changes meanwhile may be missed. */
void fdb_for_each(const struct fdb *fdb, uint32_t now,
	void (*visit)(const struct fdb_entry *entry, void *arg), void *arg) ON_CONTROL;

#endif
