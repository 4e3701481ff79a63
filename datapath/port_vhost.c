/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/port_vhost.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_vhost.h>

#include "datapath/dpdk_log.h"
#include "datapath/log.h"
#include "datapath/port_vhost_offload.h"

LOG_MODULE("port_vhost");

/* What librte_vhost would offer a guest and no port could carry on: UDP fragmentation. */
#define FEATURES_OFF (1ull << VIRTIO_NET_F_HOST_UFO | 1ull << VIRTIO_NET_F_GUEST_UFO)

/* The largest IP packet with Ethernet's header and a few tags. */
#define FRAME_MAX (65535 + 64)

static struct port_vhost *vhost_of(struct port *port)
{
	return (struct port_vhost *)port;
}

/* Each guest takes a dozen descriptors or more, and the usual limit is 1,024. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		log_warn("the number of open files stays limited: %s", strerror(errno));
}

static int check_path(const char *path, struct errmsg *err)
{
	struct sockaddr_un address;

	if (!path || !path[0])
		return errmsg_set(err, EINVAL, "options:vhost-server-path is missing");
	if (strlen(path) >= sizeof(address.sun_path))
		return errmsg_set(err, ENAMETOOLONG,
			"the socket's path is longer than %zu bytes: %s",
			sizeof(address.sun_path) - 1, path);
	return 0;
}

/* -EADDRINUSE when somebody listens on the socket, else 0. */
static int check_stale(const char *path, struct errmsg *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return errmsg_set(err, errno, "no socket: %s", strerror(errno));
	memcpy(address.sun_path, path, strlen(path));
	error = connect(fd, (struct sockaddr *)&address, sizeof(address)) ? errno : 0;
	close(fd);
	/* A full backlog is somebody's, too. */
	if (!error || error == EAGAIN)
		return errmsg_set(err, EADDRINUSE, "another process listens on %s", path);
	return 0;
}

/* Makes room for the switch's own socket. */
static int prepare_server(const char *path, struct errmsg *err)
{
	char folder[PATH_MAX];
	struct stat st;
	int error;

	snprintf(folder, sizeof(folder), "%s", path);
	if (stat(dirname(folder), &st))
		return errmsg_set(
			err, errno, "the socket's folder %s: %s", folder, strerror(errno));
	if (lstat(path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return errmsg_set(err, EEXIST, "%s is in the way and not a socket", path);
	error = check_stale(path, err);
	if (error)
		return error;
	log_info("%s: a socket that nobody listens on is removed", path);
	if (unlink(path))
		return errmsg_set(err, errno, "%s can't be removed: %s", path, strerror(errno));
	return 0;
}

static int start(struct port_vhost *p, struct errmsg *err)
{
	uint64_t flags = RTE_VHOST_USER_NET_COMPLIANT_OL_FLAGS;
	const char *reason;

	if (!p->server)
		flags |= RTE_VHOST_USER_CLIENT;
	dpdk_log_capture_begin();
	if (rte_vhost_driver_register(p->path, flags)) {
		reason = dpdk_log_captured();
		return errmsg_set(err, EIO, "%s can't be opened: %s", p->path,
			reason ? reason : "librte_vhost gives no reason");
	}
	if (rte_vhost_driver_disable_features(p->path, FEATURES_OFF) ||
		rte_vhost_driver_callback_register(p->path, &port_vhost_callbacks) ||
		rte_vhost_driver_start(p->path)) {
		reason = dpdk_log_captured();
		rte_vhost_driver_unregister(p->path);
		return errmsg_set(err, EIO, "%s can't be opened: %s", p->path,
			reason ? reason : "librte_vhost gives no reason");
	}
	return 0;
}

static struct port_vhost *create(const struct port_args *args)
{
	size_t size = RTE_ALIGN(sizeof(struct port_vhost), RTE_CACHE_LINE_SIZE);
	struct port_vhost *p = aligned_alloc(RTE_CACHE_LINE_SIZE, size);

	if (!p)
		return NULL;
	memset(p, 0, size);
	p->port.ops = &port_vhost_ops;
	snprintf(p->port.name, sizeof(p->port.name), "%s", args->name);
	snprintf(p->path, sizeof(p->path), "%s", args->path);
	p->server = args->server;
	p->vid = -1;
	p->connection = -1;
	p->numa_node = -1;
	p->mtu = args->mtu ? args->mtu : PORT_MTU_DEFAULT;
	p->mac = args->mac;
	if (rte_is_zero_ether_addr(&p->mac))
		rte_eth_random_addr(p->mac.addr_bytes);
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

static void destroy(struct port_vhost *p)
{
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static int ON_CONTROL vhost_open(
	const struct port_args *args, struct port **port, struct errmsg *err)
{
	struct port_vhost *p;
	int error;

	error = check_path(args->path, err);
	if (error)
		return error;
	if (port_vhost_list_count() >= RTE_MAX_VHOST_DEVICE)
		return errmsg_set(err, ENOSPC, "DPDK is built for %d vhost-user sockets",
			RTE_MAX_VHOST_DEVICE);
	raise_descriptor_limit();
	p = create(args);
	if (!p)
		return errmsg_set(err, ENOMEM, "out of memory");
	if (port_vhost_list_add(p)) {
		destroy(p);
		return errmsg_set(err, EEXIST, "another port has the socket %s", args->path);
	}
	error = p->server ? prepare_server(p->path, err) : 0;
	if (!error)
		error = start(p, err);
	dpdk_log_capture_end();
	if (error) {
		port_vhost_list_remove(p);
		destroy(p);
		return error;
	}
	*port = &p->port;
	return 0;
}

static void ON_CONTROL vhost_close(struct port *port)
{
	struct port_vhost *p = vhost_of(port);

	pthread_mutex_lock(&p->lock);
	p->closing = true;
	pthread_mutex_unlock(&p->lock);
	/* Waits for callbacks under way, one of which may wait for a grace period. */
	rte_vhost_driver_unregister(p->path);
	port_vhost_list_remove(p);
	destroy(p);
}

/* The guest has its own from QEMU; this one is only shown. */
static int ON_CONTROL vhost_set_mac(
	struct port *port, const struct rte_ether_addr *mac, struct errmsg *err)
{
	vhost_of(port)->mac = *mac;
	return 0;
}

/* The guest learns its MTU from QEMU; here only what is sent is bounded, and not by the port. */
static int ON_CONTROL vhost_set_mtu(struct port *port, uint16_t mtu, struct errmsg *err)
{
	vhost_of(port)->mtu = mtu;
	return 0;
}

static void ON_CONTROL vhost_get_counters(struct port *port, struct port_counters *counters)
{
	struct port_vhost *p = vhost_of(port);

	*counters = (struct port_counters){0};
	for (unsigned int i = 0; i < PORT_VHOST_PAIRS_MAX; i++)
		counters->rx_errors +=
			atomic_load_explicit(&p->rxqs[i].errors, memory_order_relaxed);
}

/* Tells the guest not to kick, since its queue is polled. It is no error when that has to wait. */
static void stop_kicks(struct port_vhost_rxq *rxq, int vid, uint16_t vring)
{
	atomic_store_explicit(&rxq->kicks_on, false, memory_order_relaxed);
	if (rte_vhost_enable_guest_notification(vid, vring, 0))
		atomic_store_explicit(&rxq->kicks_on, true, memory_order_relaxed);
}

/* Checks frame `i` and those after it, drops what doesn't hold, and returns how many are left. */
static uint16_t check_frames(
	struct port_vhost_rxq *rxq, struct rte_mbuf **frames, uint16_t i, uint16_t n)
{
	uint64_t errors = atomic_load_explicit(&rxq->errors, memory_order_relaxed);
	uint16_t good = i;

	for (; i < n; i++) {
		struct rte_mbuf *m = frames[i];

		if (m->pkt_len <= FRAME_MAX && (!m->ol_flags || port_vhost_offload(m))) {
			frames[good++] = m;
		} else {
			rte_pktmbuf_free(m);
			errors++;
		}
	}
	atomic_store_explicit(&rxq->errors, errors, memory_order_relaxed);
	return good;
}

static uint16_t vhost_rx(struct port *port, uint16_t queue, struct rte_mbuf **frames, uint16_t n)
{
	struct port_vhost *p = vhost_of(port);
	struct port_vhost_rxq *rxq = &p->rxqs[queue];
	uint16_t vring = PORT_VHOST_RX_VRING(queue);
	int vid = atomic_load_explicit(&p->vid, memory_order_acquire);

	/* The snapshot may be of a guest that had more queues. */
	if (unlikely(vid < 0 || queue >= atomic_load_explicit(&port->n_rxq, memory_order_relaxed)))
		return 0;
	if (unlikely(atomic_load_explicit(&rxq->kicks_on, memory_order_relaxed)))
		stop_kicks(rxq, vid, vring);
	n = rte_vhost_dequeue_burst(vid, vring, p->pool, frames, n);
	for (uint16_t i = 0; i < n; i++) {
		if (unlikely(frames[i]->ol_flags || frames[i]->nb_segs > 1))
			return check_frames(rxq, frames, i, n);
	}
	return n;
}

/* How many frames, from the first, can be sent. */
static uint16_t prepare_frames(struct rte_mbuf **frames, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		if (unlikely(frames[i]->ol_flags & RTE_MBUF_F_TX_TCP_SEG) &&
			port_vhost_prepare(&frames[i]))
			return i;
	}
	return n;
}

static uint16_t vhost_tx(struct port *port, uint16_t worker, struct rte_mbuf **frames, uint16_t n)
{
	struct port_vhost *p = vhost_of(port);
	int vid = atomic_load_explicit(&p->vid, memory_order_acquire);
	uint16_t sent;
	uint8_t pair;

	if (unlikely(vid < 0))
		return 0;
	/* After the number, so that it is of the same guest. */
	pair = atomic_load_explicit(
		&p->tx_pairs[worker % PORT_VHOST_TX_SLOTS], memory_order_relaxed);
	n = prepare_frames(frames, n);
	sent = rte_vhost_enqueue_burst(vid, PORT_VHOST_TX_VRING(pair), frames, n);
	rte_pktmbuf_free_bulk(frames, sent);
	return sent;
}

const struct port_ops port_vhost_ops = {
	.name = "vhost",
	.open = vhost_open,
	.close = vhost_close,
	.set_mac = vhost_set_mac,
	.set_mtu = vhost_set_mtu,
	.get_status = port_vhost_get_status,
	.get_counters = vhost_get_counters,
	.rx = vhost_rx,
	.tx = vhost_tx,
};
