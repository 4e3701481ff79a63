/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_vhost.h>

#include "datapath/port_vhost.h"

/* Why no guest is there, as far as a look at the socket tells. */
static const char *why_disconnected(const struct port_vhost *p)
{
	struct stat st;

	if (p->server)
		return "waiting for the guest's QEMU to connect (chardev without server=on)";
	if (stat(p->path, &st)) {
		if (errno == ENOENT)
			return "no such socket: the guest's QEMU must listen (chardev with "
			       "server=on)";
		return strerror(errno);
	}
	if (!S_ISSOCK(st.st_mode))
		return "not a socket";
	if (access(p->path, W_OK))
		return "no permission to connect to the socket";
	return "nobody listens on the socket, or its QEMU is busy with another switch";
}

static void add_vrings(const struct port_vhost *p, struct port_status *status)
{
	uint16_t n = rte_vhost_get_vring_num(p->connection);
	struct rte_vhost_vring vring;
	char key[32];

	port_status_add(status, "num_of_vrings", "%u", n);
	for (uint16_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "vring_%u_size", i);
		if (!rte_vhost_get_vhost_vring(p->connection, i, &vring))
			port_status_add(status, key, "%u", vring.size);
	}
}

void port_vhost_get_status(struct port *port, struct port_status *status)
{
	struct port_vhost *p = (struct port_vhost *)port;

	pthread_mutex_lock(&p->lock);
	*status = (struct port_status){
		.admin_up = true,
		.link_up = atomic_load(&port->link_up),
		.link_resets = p->link_resets,
		.full_duplex = true,
		.mac = p->mac,
		.mtu = p->mtu,
	};
	port_status_add(status, "driver_name", "vhost");
	port_status_add(status, "mode", p->server ? "server" : "client");
	port_status_add(status, "socket", "%s", p->path);
	port_status_add(status, "status", p->ready ? "connected" : "disconnected");
	if (p->ready) {
		port_status_add(status, "features", "0x%016lx", p->features);
		port_status_add(status, "numa", "%d", p->numa_node);
		port_status_add(status, "n_rxq", "%u", atomic_load(&port->n_rxq));
		add_vrings(p, status);
	} else {
		port_status_add(status, "reason", "%s",
			p->connection < 0 ? why_disconnected(p)
					  : "connected, but the guest's driver isn't up");
	}
	pthread_mutex_unlock(&p->lock);
}
