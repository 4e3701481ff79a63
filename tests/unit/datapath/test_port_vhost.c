/* SPDX-License-Identifier: Apache-2.0 */
/* The guest is DPDK's virtio-user device in the same process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_lcore.h>
#include <rte_tcp.h>

#include "datapath/dpdk_log.h"
#include "datapath/pktpool.h"
#include "datapath/port.h"
#include "datapath/rcu.h"
#include "tests/unit/datapath/test_eal.h"

#define N_BUFFERS 8192
#define DEADLINE_S 20
#define GUEST_LRO \
	(RTE_ETH_RX_OFFLOAD_TCP_LRO | RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM)

static char folder[] = "/tmp/test_port_vhost.XXXXXX";
static atomic_int n_notified;

static const char *file(const char *name)
{
	static char path[100];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static bool before(const struct timespec *deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	usleep(1000);
	return now.tv_sec < deadline->tv_sec;
}

#define WAIT_FOR(CONDITION)                                             \
	do {                                                            \
		struct timespec deadline_;                              \
		clock_gettime(CLOCK_MONOTONIC, &deadline_);             \
		deadline_.tv_sec += DEADLINE_S;                         \
		while (!(CONDITION)) {                                  \
			if (!before(&deadline_))                        \
				fail_msg("never came: %s", #CONDITION); \
		}                                                       \
	} while (0)

static void on_notify(struct port *port)
{
	atomic_fetch_add(&n_notified, 1);
	atomic_store(&port->notified, false);
}

static struct port *open_ok(const char *name, const char *path, bool server)
{
	struct port_args args = {.name = name, .path = path, .server = server};
	struct errmsg err = {""};
	struct port *port;

	if (port_vhost_ops.open(&args, &port, &err))
		fail_msg("%s", err.text);
	port->notify = on_notify;
	return port;
}

static void open_fails(const char *path, bool server, int error, const char *part)
{
	struct port_args args = {.name = "bad", .path = path, .server = server};
	struct errmsg err = {""};
	struct port *port;

	assert_int_equal(port_vhost_ops.open(&args, &port, &err), -error);
	if (!strstr(err.text, part))
		fail_msg("'%s' doesn't say '%s'", err.text, part);
}

static const char *status_of(struct port *port, const char *key)
{
	static struct port_status status;

	port->ops->get_status(port, &status);
	for (int i = 0; i < status.n_pairs; i++) {
		if (!strcmp(status.pairs[i].key, key))
			return status.pairs[i].value;
	}
	return "";
}

/* A guest with `queues` pairs at `path`; when the port connects, the guest listens. */
static uint16_t guest_start(
	const char *path, bool listens, uint16_t queues, uint64_t rx_offloads, const char *more)
{
	struct rte_eth_conf conf = {.rxmode.offloads = rx_offloads};
	struct rte_eth_dev_info info;
	char devargs[256];
	uint16_t id;

	snprintf(devargs, sizeof(devargs), "net_virtio_user0,path=%s,queues=%u%s%s", path, queues,
		listens ? ",server=1" : "", more);
	assert_int_equal(rte_dev_probe(devargs), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_virtio_user0", &id), 0);
	rte_eth_dev_info_get(id, &info);
	conf.txmode.offloads = info.tx_offload_capa &
			       (RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_TCP_CKSUM |
				       RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO);
	assert_int_equal(rte_eth_dev_configure(id, queues, queues, &conf), 0);
	for (uint16_t q = 0; q < queues; q++) {
		assert_int_equal(rte_eth_rx_queue_setup(id, q, 256, 0, NULL, pktpool_get(0)), 0);
		assert_int_equal(rte_eth_tx_queue_setup(id, q, 256, 0, NULL), 0);
	}
	assert_int_equal(rte_eth_dev_start(id), 0);
	return id;
}

static void guest_stop(uint16_t id)
{
	struct rte_eth_dev_info info;

	rte_eth_dev_info_get(id, &info);
	rte_eth_dev_stop(id);
	rte_eth_dev_close(id);
	rte_dev_remove(info.device);
}

/* A listening guest accepts only when it looks at its link. */
static bool is_up(struct port *port, uint16_t guest)
{
	struct rte_eth_link link;

	rte_eth_link_get_nowait(guest, &link);
	return atomic_load(&port->link_up);
}

static struct rte_mbuf *make_frame(uint16_t number, uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pktpool_get(0));
	uint8_t *data = (uint8_t *)rte_pktmbuf_append(m, len);

	memset(data, 0, len);
	memcpy(data + 20, &number, sizeof(number));
	return m;
}

static void frames_pass_both_ways(struct port *port, uint16_t guest)
{
	struct rte_mbuf *m, *frames[32];
	uint16_t number;

	/* More than a ring holds, so that buffers go round. */
	for (uint16_t i = 0; i < 600; i++) {
		m = make_frame(i, 60 + i);
		WAIT_FOR(rte_eth_tx_burst(guest, 0, &m, 1) == 1);
		WAIT_FOR(port->ops->rx(port, 0, frames, 32) == 1);
		assert_int_equal(frames[0]->pkt_len, 60 + i);
		assert_int_equal(frames[0]->ol_flags, 0);
		memcpy(&number, rte_pktmbuf_mtod_offset(frames[0], void *, 20), sizeof(number));
		assert_int_equal(number, i);
		assert_int_equal(port->ops->tx(port, i, frames, 1), 1);
		WAIT_FOR(rte_eth_rx_burst(guest, 0, frames, 32) == 1);
		assert_int_equal(frames[0]->pkt_len, 60 + i);
		rte_pktmbuf_free(frames[0]);
	}
}

static void the_switch_connects_and_connects_again(void **state)
{
	struct port *port = open_ok("v0", file("a.sock"), false);
	struct rte_mbuf *m;
	uint16_t guest;

	assert_string_equal(status_of(port, "status"), "disconnected");
	assert_non_null(strstr(status_of(port, "reason"), "no such socket"));
	assert_int_equal(port->n_rxq, 0);
	for (int round = 0; round < 2; round++) {
		guest = guest_start(file("a.sock"), true, 1, 0, "");
		WAIT_FOR(is_up(port, guest));
		assert_string_equal(status_of(port, "status"), "connected");
		assert_string_equal(status_of(port, "mode"), "client");
		assert_string_equal(status_of(port, "socket"), file("a.sock"));
		assert_string_equal(status_of(port, "num_of_vrings"), "2");
		assert_string_equal(status_of(port, "vring_0_size"), "256");
		assert_int_equal(port->n_rxq, 1);
		/* This guest has asked for nothing, so it gets nothing unfinished. */
		assert_int_equal(port->tx_caps, 0);
		frames_pass_both_ways(port, guest);
		guest_stop(guest);
		WAIT_FOR(!atomic_load(&port->link_up));
		assert_int_equal(port->n_rxq, 0);
		m = make_frame(0, 60);
		assert_int_equal(port->ops->tx(port, 0, &m, 1), 0);
		assert_int_equal(port->ops->rx(port, 0, &m, 1), 0);
		rte_pktmbuf_free(m);
	}
	assert_true(atomic_load(&n_notified) > 0);
	port->ops->close(port);
}

static void the_switch_listens(void **state)
{
	struct port *port = open_ok("v0", file("b.sock"), true);
	struct stat st;
	uint16_t guest;

	assert_int_equal(stat(file("b.sock"), &st), 0);
	assert_non_null(strstr(status_of(port, "reason"), "waiting"));
	guest = guest_start(file("b.sock"), false, 1, 0, "");
	WAIT_FOR(is_up(port, guest));
	assert_string_equal(status_of(port, "mode"), "server");
	frames_pass_both_ways(port, guest);
	/* The port goes first: the guest is cut off. */
	port->ops->close(port);
	guest_stop(guest);
	assert_int_equal(stat(file("b.sock"), &st), -1);
	/* The same socket does again. */
	port = open_ok("v0", file("b.sock"), true);
	port->ops->close(port);
}

static void queues_follow_the_guest(void **state)
{
	struct port *port = open_ok("v0", file("b.sock"), true);
	struct rte_mbuf *m, *frames[32];
	uint16_t guest, n;

	guest = guest_start(file("b.sock"), false, 2, 0, "");
	WAIT_FOR(is_up(port, guest) && atomic_load(&port->n_rxq) == 2);
	m = make_frame(0, 60);
	assert_int_equal(rte_eth_tx_burst(guest, 1, &m, 1), 1);
	WAIT_FOR(port->ops->rx(port, 1, frames, 32) == 1);
	assert_int_equal(port->ops->rx(port, 0, frames + 1, 32), 0);
	/* Each worker has its own queue. */
	assert_int_equal(port->ops->tx(port, 1, frames, 1), 1);
	WAIT_FOR((n = rte_eth_rx_burst(guest, 1, frames, 32)) > 0);
	rte_pktmbuf_free_bulk(frames, n);
	guest_stop(guest);
	WAIT_FOR(!atomic_load(&port->link_up));
	port->ops->close(port);
}

static void a_packed_ring_does_too(void **state)
{
	struct port *port = open_ok("v0", file("b.sock"), true);
	uint16_t guest = guest_start(file("b.sock"), false, 1, 0, ",packed_vq=1,mrg_rxbuf=1");

	WAIT_FOR(is_up(port, guest));
	frames_pass_both_ways(port, guest);
	guest_stop(guest);
	port->ops->close(port);
}

/* TCP over IPv4 with `payload` bytes that is left to be cut and summed. */
static struct rte_mbuf *make_large(uint32_t payload, uint16_t mss)
{
	struct rte_mbuf *m = make_frame(0, 54), *part;
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
	struct rte_tcp_hdr *tcp = (struct rte_tcp_hdr *)(ip + 1);
	uint32_t n;

	memset(eth, 0, 54);
	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	ip->version_ihl = 0x45;
	ip->total_length = rte_cpu_to_be_16(40 + payload);
	ip->time_to_live = 64;
	ip->next_proto_id = IPPROTO_TCP;
	ip->src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 1));
	ip->dst_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 2));
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	tcp->data_off = 5 << 4;
	m->ol_flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4;
	m->l2_len = 14;
	m->l3_len = 20;
	m->l4_len = 20;
	m->tso_segsz = mss;
	tcp->cksum = rte_ipv4_phdr_cksum(ip, m->ol_flags);
	while (payload > 0) {
		n = RTE_MIN(payload, 1000u);
		part = make_frame(0, n);
		assert_int_equal(rte_pktmbuf_chain(m, part), 0);
		payload -= n;
	}
	return m;
}

static void large_segments_cross_unbroken(void **state)
{
	const uint64_t flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_IPV4;
	struct port *port = open_ok("v0", file("b.sock"), true);
	struct rte_mbuf *m, *frames[32];
	struct port_counters counters;
	struct rte_ipv4_hdr *ip;
	struct rte_tcp_hdr *tcp;
	uint16_t guest;

	guest = guest_start(file("b.sock"), false, 1, GUEST_LRO, ",mrg_rxbuf=1");
	WAIT_FOR(is_up(port, guest));
	assert_int_equal(port->tx_caps, PORT_TX_CSUM | PORT_TX_TSO4 | PORT_TX_TSO6);
	m = make_large(60000, 1448);
	assert_int_equal(rte_eth_tx_prepare(guest, 0, &m, 1), 1);
	assert_int_equal(rte_eth_tx_burst(guest, 0, &m, 1), 1);
	WAIT_FOR(port->ops->rx(port, 0, frames, 32) == 1);
	m = frames[0];
	assert_int_equal(m->pkt_len, 60054);
	assert_int_equal(m->ol_flags, flags);
	assert_int_equal(m->l2_len, 14);
	assert_int_equal(m->l3_len, 20);
	assert_int_equal(m->l4_len, 20);
	assert_int_equal(m->tso_segsz, 1448);
	assert_true(m->data_len >= 64);
	ip = rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, 14);
	tcp = rte_pktmbuf_mtod_offset(m, struct rte_tcp_hdr *, 34);
	assert_int_equal(tcp->cksum, rte_ipv4_phdr_cksum(ip, m->ol_flags));

	assert_int_equal(port->ops->tx(port, 0, &m, 1), 1);
	WAIT_FOR(rte_eth_rx_burst(guest, 0, frames, 32) == 1);
	assert_int_equal(frames[0]->pkt_len, 60054);
	assert_true(frames[0]->ol_flags & RTE_MBUF_F_RX_LRO);
	assert_int_equal(frames[0]->tso_segsz, 1448);
	/* For virtio the sum includes the length. */
	ip = rte_pktmbuf_mtod_offset(frames[0], struct rte_ipv4_hdr *, 14);
	tcp = rte_pktmbuf_mtod_offset(frames[0], struct rte_tcp_hdr *, 34);
	assert_int_equal(tcp->cksum, rte_ipv4_phdr_cksum(ip, 0));
	rte_pktmbuf_free(frames[0]);
	port->ops->get_counters(port, &counters);
	assert_int_equal(counters.rx_errors, 0);
	guest_stop(guest);
	port->ops->close(port);
}

static void a_claim_that_does_not_fit_is_an_error(void **state)
{
	struct port *port = open_ok("v0", file("b.sock"), true);
	uint16_t guest = guest_start(file("b.sock"), false, 1, 0, "");
	struct port_counters counters = {0};
	struct rte_mbuf *m, *frames[32];

	WAIT_FOR(is_up(port, guest));
	m = make_large(3000, 1448);
	rte_pktmbuf_mtod_offset(m, struct rte_tcp_hdr *, 34)->data_off = 4 << 4;
	assert_int_equal(rte_eth_tx_burst(guest, 0, &m, 1), 1);
	m = make_large(3000, 1448);
	rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, 14)->total_length = 0xffff;
	assert_int_equal(rte_eth_tx_burst(guest, 0, &m, 1), 1);
	m = make_large(3000, 8);
	assert_int_equal(rte_eth_tx_burst(guest, 0, &m, 1), 1);
	m = make_frame(77, 60);
	assert_int_equal(rte_eth_tx_burst(guest, 0, &m, 1), 1);
	WAIT_FOR(port->ops->rx(port, 0, frames, 32) == 1);
	assert_int_equal(frames[0]->pkt_len, 60);
	rte_pktmbuf_free(frames[0]);
	port->ops->get_counters(port, &counters);
	assert_int_equal(counters.rx_errors, 3);
	guest_stop(guest);
	port->ops->close(port);
}

static void *stop_guest(void *arg)
{
	guest_stop(*(uint16_t *)arg);
	return NULL;
}

/* A guest may go while a worker is at work: its memory stays until the worker has looked up. */
static void a_guest_that_goes_waits_for_workers(void **state)
{
	struct port *port = open_ok("v0", file("b.sock"), true);
	uint16_t guest = guest_start(file("b.sock"), false, 1, GUEST_LRO, ",mrg_rxbuf=1");
	pthread_t thread;

	WAIT_FOR(is_up(port, guest));
	rcu_reader_begin(5);
	rcu_quiescent(5);
	assert_int_equal(pthread_create(&thread, NULL, stop_guest, &guest), 0);
	WAIT_FOR(!atomic_load(&port->link_up));
	/* What the guest could do counts for a frame that is on its way to it. */
	assert_int_not_equal(atomic_load(&port->tx_caps), 0);
	rcu_quiescent(5);
	WAIT_FOR(!atomic_load(&port->tx_caps));
	rcu_reader_end(5);
	pthread_join(thread, NULL);
	port->ops->close(port);
}

static struct port *_Atomic polled;
static atomic_bool polling;
static atomic_uint n_echoed;

/* Sends back what it receives, as a worker would. */
static void *poll_port(void *arg)
{
	struct rte_mbuf *frames[32];
	struct port *port;
	uint16_t n, sent;

	thread_role_begin(&role_worker);
	rte_thread_register();
	rcu_reader_begin(1);
	while (atomic_load(&polling)) {
		port = atomic_load(&polled);
		for (uint16_t q = 0; port && q < 2; q++) {
			n = port->ops->rx(port, q, frames, 32);
			sent = n ? port->ops->tx(port, q, frames, n) : 0;
			rte_pktmbuf_free_bulk(frames + sent, n - sent);
			atomic_fetch_add(&n_echoed, sent);
		}
		rcu_quiescent(1);
	}
	rcu_reader_end(1);
	rte_thread_unregister();
	return NULL;
}

static void set_true(void *arg)
{
	*(bool *)arg = true;
}

static void guests_come_and_go_under_a_polling_worker(void **state)
{
	uint32_t in_use, in_use_after, size;
	struct rte_mbuf *frames[32];
	unsigned int echoed;
	uint16_t guest, n;
	struct port *port;
	pthread_t thread;
	bool unseen;

	pktpool_usage(&in_use, &size);
	atomic_store(&polling, true);
	assert_int_equal(pthread_create(&thread, NULL, poll_port, NULL), 0);
	for (int round = 0; round < 3; round++) {
		port = open_ok("v0", file("b.sock"), true);
		atomic_store(&polled, port);
		guest = guest_start(file("b.sock"), false, 1 + round % 2, 0, "");
		WAIT_FOR(is_up(port, guest));
		echoed = atomic_load(&n_echoed);
		while (atomic_load(&n_echoed) < echoed + 1000) {
			frames[0] = make_frame(0, 60);
			if (!rte_eth_tx_burst(guest, 0, frames, 1))
				rte_pktmbuf_free(frames[0]);
			n = rte_eth_rx_burst(guest, 0, frames, 32);
			rte_pktmbuf_free_bulk(frames, n);
		}
		/* In one round the guest goes first, in the others the port. */
		if (round == 0)
			guest_stop(guest);
		atomic_store(&polled, NULL);
		unseen = false;
		rcu_retire(set_true, &unseen);
		WAIT_FOR((rcu_poll(), unseen));
		port->ops->close(port);
		if (round > 0)
			guest_stop(guest);
	}
	atomic_store(&polling, false);
	pthread_join(thread, NULL);
	pktpool_usage(&in_use_after, &size);
	assert_int_equal(in_use_after, in_use);
}

static void failures_name_their_cause(void **state)
{
	char long_path[256];
	struct port *port, *other;
	int fd;

	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[0] = '/';
	long_path[sizeof(long_path) - 1] = '\0';
	open_fails(NULL, false, EINVAL, "vhost-server-path");
	open_fails("", true, EINVAL, "vhost-server-path");
	open_fails(long_path, false, ENAMETOOLONG, "longer than");
	open_fails("/nonexistent/a.sock", true, ENOENT, "/nonexistent");
	fd = creat(file("plain"), 0600);
	assert_true(fd >= 0);
	close(fd);
	open_fails(file("plain"), true, EEXIST, "not a socket");
	port = open_ok("v0", file("b.sock"), true);
	open_fails(file("b.sock"), true, EEXIST, "another port");
	other = open_ok("v1", file("plain"), false);
	assert_string_equal(status_of(other, "reason"), "not a socket");
	other->ops->close(other);
	port->ops->close(port);
	unlink(file("plain"));
}

static void a_stale_socket_is_replaced_and_a_live_one_is_not(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct port *port;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", file("c.sock"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	open_fails(file("c.sock"), true, EADDRINUSE, "another process");
	close(fd);
	port = open_ok("v0", file("c.sock"), true);
	port->ops->close(port);
}

static void many_ports_open_and_close(void **state)
{
	static struct port *ports[300];
	char name[32];

	for (unsigned int i = 0; i < RTE_DIM(ports); i++) {
		snprintf(name, sizeof(name), "m%u.sock", i);
		ports[i] = open_ok(name, file(name), i % 2);
	}
	for (unsigned int i = 0; i < RTE_DIM(ports); i++)
		ports[i]->ops->close(ports[i]);
}

static int setup(void **state)
{
	struct errmsg err;

	thread_role_begin(&role_control);
	/* The guest writes to sockets that the switch has closed. */
	signal(SIGPIPE, SIG_IGN);
	return !mkdtemp(folder) || dpdk_log_init() || test_eal_init(128) || rcu_init() ||
	       pktpool_init(N_BUFFERS, &err);
}

static int teardown(void **state)
{
	rcu_fini();
	pktpool_fini();
	rte_eal_cleanup();
	dpdk_log_fini();
	unlink(file("a.sock"));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_switch_connects_and_connects_again),
		cmocka_unit_test(the_switch_listens),
		cmocka_unit_test(queues_follow_the_guest),
		cmocka_unit_test(a_packed_ring_does_too),
		cmocka_unit_test(large_segments_cross_unbroken),
		cmocka_unit_test(a_claim_that_does_not_fit_is_an_error),
		cmocka_unit_test(a_guest_that_goes_waits_for_workers),
		cmocka_unit_test(guests_come_and_go_under_a_polling_worker),
		cmocka_unit_test(failures_name_their_cause),
		cmocka_unit_test(a_stale_socket_is_replaced_and_a_live_one_is_not),
		cmocka_unit_test(many_ports_open_and_close),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
