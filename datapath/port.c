/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/port.h"

#include <stdarg.h>
#include <stdio.h>

void port_notify(struct port *port)
{
	if (!atomic_exchange(&port->notified, true) && port->notify)
		port->notify(port);
}

void port_status_add(struct port_status *status, const char *key, const char *format, ...)
{
	va_list args;

	if (status->n_pairs == PORT_STATUS_PAIRS)
		return;
	snprintf(status->pairs[status->n_pairs].key, sizeof(status->pairs[0].key), "%s", key);
	va_start(args, format);
	vsnprintf(
		status->pairs[status->n_pairs].value, sizeof(status->pairs[0].value), format, args);
	va_end(args);
	status->n_pairs++;
}
