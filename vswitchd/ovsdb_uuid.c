/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_uuid.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

/* Random bytes are fetched for many identifiers at once: a row changes its version with every
 * transaction, and a system call for each would dominate a large one. */
#define POOL_UUIDS 64

static bool has_dash_at(unsigned int i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct ovsdb_uuid ovsdb_uuid_generate(void)
{
	static struct ovsdb_uuid pool[POOL_UUIDS];
	static unsigned int left;
	struct ovsdb_uuid uuid;

	if (!left) {
		size_t have = 0;

		while (have < sizeof(pool)) {
			ssize_t n = getrandom((uint8_t *)pool + have, sizeof(pool) - have, 0);

			if (n > 0)
				have += n;
			else if (errno != EINTR)
				abort();
		}
		left = POOL_UUIDS;
	}
	uuid = pool[--left];
	uuid.bytes[6] = (uuid.bytes[6] & 0x0f) | 0x40;
	uuid.bytes[8] = (uuid.bytes[8] & 0x3f) | 0x80;
	return uuid;
}

bool ovsdb_uuid_parse(const char *text, struct ovsdb_uuid *uuid)
{
	struct ovsdb_uuid result;
	unsigned int n_digits = 0;

	for (unsigned int i = 0; i < OVSDB_UUID_LEN; i++) {
		int digit;

		if (has_dash_at(i)) {
			if (text[i] != '-')
				return false;
			continue;
		}
		digit = hex_value(text[i]);
		if (digit < 0)
			return false;
		if (n_digits % 2)
			result.bytes[n_digits / 2] |= digit;
		else
			result.bytes[n_digits / 2] = digit << 4;
		n_digits++;
	}
	if (text[OVSDB_UUID_LEN])
		return false;
	*uuid = result;
	return true;
}

char *ovsdb_uuid_format(const struct ovsdb_uuid *uuid, char text[OVSDB_UUID_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	char *p = text;

	for (unsigned int i = 0; i < sizeof(uuid->bytes); i++) {
		if (has_dash_at(p - text))
			*p++ = '-';
		*p++ = digits[uuid->bytes[i] >> 4];
		*p++ = digits[uuid->bytes[i] & 15];
	}
	*p = '\0';
	return text;
}
