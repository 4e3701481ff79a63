/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/cpu_mask.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

int cpu_mask_parse(const char *text, cpu_set_t *cpus, struct errmsg *err)
{
	const char *digits = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2) ? text + 2 : text;
	size_t n = strlen(digits);

	CPU_ZERO(cpus);
	for (size_t i = 0; i < n; i++) {
		size_t base = (n - 1 - i) * 4;

		if (!isxdigit((unsigned char)digits[i]) || base >= CPU_SETSIZE)
			return errmsg_set(err, EINVAL, "'%s' is no hexadecimal CPU mask", text);
		for (int bit = 0; bit < 4; bit++) {
			if (hex_value(digits[i]) >> bit & 1)
				CPU_SET(base + bit, cpus);
		}
	}
	if (CPU_COUNT(cpus) == 0)
		return errmsg_set(err, EINVAL, "CPU mask '%s' names no CPU", text);
	return 0;
}
