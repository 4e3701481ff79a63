/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_hash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t seed;

__attribute__((constructor)) static void choose_seed(void)
{
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		abort();
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	unsigned __int128 product = (unsigned __int128)(hash ^ word) * 0x9e3779b97f4a7c15;

	return (uint64_t)product ^ (uint64_t)(product >> 64) ^ seed;
}

uint32_t ovsdb_hash_bytes(const void *bytes, size_t n)
{
	uint64_t hash = seed ^ n, word;

	for (; n >= sizeof(word); n -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = mix(hash, word);
		bytes = (const uint8_t *)bytes + sizeof(word);
	}
	word = 0;
	memcpy(&word, bytes, n);
	hash = mix(mix(hash, word), 0);
	return hash ^ hash >> 32;
}
