/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/errmsg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void errmsg_format(struct errmsg *err, const char *format, ...)
{
	va_list args;

	if (!err)
		return;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
}

void errmsg_prefix(struct errmsg *err, const char *format, ...)
{
	char old[ERRMSG_SIZE];
	va_list args;
	int n;

	if (!err)
		return;
	memcpy(old, err->text, sizeof(old));
	va_start(args, format);
	n = vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(err->text))
		snprintf(err->text + n, sizeof(err->text) - n, ": %.*s",
			(int)(sizeof(err->text) - n) - 3, old);
}
