/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include <rte_vhost.h>

#include "datapath/log.h"
#include "datapath/pktpool.h"
#include "datapath/port_vhost.h"
#include "datapath/rcu.h"

LOG_MODULE("port_vhost");

static TAILQ_HEAD(, port_vhost) ports = TAILQ_HEAD_INITIALIZER(ports);
static unsigned int n_ports;
static pthread_mutex_t ports_lock = PTHREAD_MUTEX_INITIALIZER;

static struct port_vhost *find_path(const char *path)
{
	struct port_vhost *p;

	TAILQ_FOREACH (p, &ports, next) {
		if (!strcmp(p->path, path))
			return p;
	}
	return NULL;
}

int port_vhost_list_add(struct port_vhost *p)
{
	int error = 0;

	pthread_mutex_lock(&ports_lock);
	if (find_path(p->path)) {
		error = -EEXIST;
	} else {
		TAILQ_INSERT_TAIL(&ports, p, next);
		n_ports++;
	}
	pthread_mutex_unlock(&ports_lock);
	return error;
}

void port_vhost_list_remove(struct port_vhost *p)
{
	pthread_mutex_lock(&ports_lock);
	TAILQ_REMOVE(&ports, p, next);
	n_ports--;
	pthread_mutex_unlock(&ports_lock);
}

unsigned int port_vhost_list_count(void)
{
	return n_ports;
}

/* A port stays in the list until librte_vhost has been told to forget it, and that waits for
 * callbacks under way: what is found lives as long as the callback. */
static struct port_vhost *port_of(int vid)
{
	struct port_vhost *p = NULL;
	char path[PATH_MAX];

	if (rte_vhost_get_ifname(vid, path, sizeof(path)))
		return NULL;
	pthread_mutex_lock(&ports_lock);
	p = find_path(path);
	pthread_mutex_unlock(&ports_lock);
	return p;
}

static uint32_t tx_caps_of(uint64_t features)
{
	uint32_t caps = 0;

	if (!(features & 1ull << VIRTIO_NET_F_GUEST_CSUM))
		return 0;
	caps |= PORT_TX_CSUM;
	/* Without merged buffers a large segment wouldn't fit the guest's. */
	if (!(features & 1ull << VIRTIO_NET_F_MRG_RXBUF))
		return caps;
	if (features & 1ull << VIRTIO_NET_F_GUEST_TSO4)
		caps |= PORT_TX_TSO4;
	if (features & 1ull << VIRTIO_NET_F_GUEST_TSO6)
		caps |= PORT_TX_TSO6;
	return caps;
}

/* Derives what workers go by from the guest's state. Under the port's lock. */
static void update(struct port_vhost *p)
{
	uint8_t pairs[PORT_VHOST_PAIRS_MAX];
	uint16_t n_rxq = 0;
	unsigned int n = 0;
	bool up;

	for (unsigned int i = 0; i < PORT_VHOST_PAIRS_MAX; i++) {
		if (p->enabled[PORT_VHOST_TX_VRING(i)])
			pairs[n++] = i;
		if (p->enabled[PORT_VHOST_RX_VRING(i)])
			n_rxq = i + 1;
	}
	for (unsigned int i = 0; n > 0 && i < PORT_VHOST_TX_SLOTS; i++)
		atomic_store_explicit(&p->tx_pairs[i], pairs[i % n], memory_order_relaxed);
	up = p->ready && n > 0;
	if (atomic_exchange(&p->port.link_up, up) != up)
		p->link_resets++;
	atomic_store(&p->port.n_rxq, p->ready ? n_rxq : 0);
}

static int new_connection(int vid)
{
	struct port_vhost *p = port_of(vid);

	if (!p)
		return -1;
	pthread_mutex_lock(&p->lock);
	/* The memory of one port can't be that of two guests. */
	if (p->connection >= 0) {
		pthread_mutex_unlock(&p->lock);
		log_limited(LOG_LEVEL_WARN, "%s: a second connection to %s is refused",
			p->port.name, p->path);
		return -1;
	}
	p->connection = vid;
	memset(p->enabled, 0, sizeof(p->enabled));
	pthread_mutex_unlock(&p->lock);
	port_notify(&p->port);
	return 0;
}

static void destroy_connection(int vid)
{
	struct port_vhost *p = port_of(vid);

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	if (p->connection == vid)
		p->connection = -1;
	pthread_mutex_unlock(&p->lock);
	port_notify(&p->port);
}

static int new_device(int vid)
{
	struct port_vhost *p = port_of(vid);
	int numa_node = rte_vhost_get_numa_node(vid);
	uint64_t features = 0;

	if (!p)
		return -1;
	rte_vhost_get_negotiated_features(vid, &features);
	pthread_mutex_lock(&p->lock);
	if (p->closing || p->connection != vid) {
		pthread_mutex_unlock(&p->lock);
		return -1;
	}
	p->ready = true;
	p->features = features;
	p->numa_node = numa_node;
	p->pool = pktpool_get(numa_node);
	atomic_store(&p->port.tx_caps, tx_caps_of(features));
	update(p);
	atomic_store_explicit(&p->vid, vid, memory_order_release);
	pthread_mutex_unlock(&p->lock);
	log_info(
		"%s: the guest at %s is ready, features 0x%016lx", p->port.name, p->path, features);
	port_notify(&p->port);
	return 0;
}

/* librte_vhost frees what workers use once this returns. */
static void destroy_device(int vid)
{
	struct port_vhost *p = port_of(vid);
	bool closing;

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	closing = p->closing;
	p->ready = false;
	update(p);
	atomic_store_explicit(&p->vid, -1, memory_order_release);
	pthread_mutex_unlock(&p->lock);
	/* A port that closes is out of the workers' sight, and this may be control, which doesn't
	 * wait; else it is librte_vhost's own thread, without locks. */
	if (closing)
		return;
	thread_role_begin(&role_vhost);
	rcu_synchronize();
	/* Only now, since a frame may be on its way that was fit for this guest. */
	atomic_store(&p->port.tx_caps, 0);
	log_info("%s: the guest at %s is gone", p->port.name, p->path);
	port_notify(&p->port);
}

/* librte_vhost holds the locks of all queues: nothing here may wait for a worker. */
static int vring_state_changed(int vid, uint16_t vring, int enable)
{
	struct port_vhost *p = port_of(vid);

	if (!p || vring >= RTE_DIM(p->enabled))
		return 0;
	pthread_mutex_lock(&p->lock);
	p->enabled[vring] = enable;
	if (enable && vring % 2 == PORT_VHOST_RX_VRING(0))
		atomic_store(&p->rxqs[vring / 2].kicks_on, true);
	update(p);
	pthread_mutex_unlock(&p->lock);
	port_notify(&p->port);
	return 0;
}

const struct rte_vhost_device_ops port_vhost_callbacks = {
	.new_device = new_device,
	.destroy_device = destroy_device,
	.vring_state_changed = vring_state_changed,
	.new_connection = new_connection,
	.destroy_connection = destroy_connection,
};
