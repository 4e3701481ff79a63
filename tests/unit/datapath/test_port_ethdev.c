/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "datapath/dpdk_log.h"
#include "datapath/pktpool.h"
#include "datapath/port.h"
#include "tests/unit/datapath/test_eal.h"

#define N_BUFFERS 4096
#define N_FRAMES 5

static char folder[] = "/tmp/test_port_ethdev.XXXXXX";

static const char *file(const char *name)
{
	static char path[2][128];
	static int i;

	i = !i;
	snprintf(path[i], sizeof(path[i]), "%s/%s", folder, name);
	return path[i];
}

/* N_FRAMES frames; the last of `last_len` bytes, the others of 60; byte 20 is the number. */
static void write_pcap(const char *path, uint32_t last_len)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *dumper = pcap_dump_open(dead, path);
	uint8_t data[9200] = {0};

	assert_non_null(dumper);
	for (int i = 0; i < N_FRAMES; i++) {
		struct pcap_pkthdr header = {
			.caplen = i == N_FRAMES - 1 ? last_len : 60,
		};

		header.len = header.caplen;
		data[20] = i;
		pcap_dump((u_char *)dumper, &header, data);
	}
	pcap_dump_close(dumper);
	pcap_close(dead);
}

static int count_pcap(const char *path, uint32_t *longest)
{
	char errbuf[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, errbuf);
	struct pcap_pkthdr header;
	int n = 0;

	assert_non_null(pcap);
	*longest = 0;
	while (pcap_next(pcap, &header)) {
		n++;
		if (header.caplen > *longest)
			*longest = header.caplen;
	}
	pcap_close(pcap);
	return n;
}

static uint32_t buffers_in_use(void)
{
	uint32_t used, size;

	pktpool_usage(&used, &size);
	return used;
}

static struct port *open_ok(const char *name, const char *devargs)
{
	struct port_args args = {.name = name, .devargs = devargs};
	struct port *port = NULL;
	struct errmsg err = {""};
	int error = port_ethdev_ops.open(&args, &port, &err);

	if (error)
		print_message("%s: %s\n", devargs, err.text);
	assert_int_equal(error, 0);
	assert_ptr_equal(port->ops, &port_ethdev_ops);
	assert_string_equal(port->name, name);
	return port;
}

static void open_fails(const char *devargs, int error, const char *part)
{
	struct port_args args = {.name = "bad", .devargs = devargs};
	struct port *port = NULL;
	struct errmsg err = {""};

	assert_int_equal(port_ethdev_ops.open(&args, &port, &err), -error);
	if (!strstr(err.text, part))
		fail_msg("'%s' doesn't say '%s'", err.text, part);
}

static void captures_pass_from_file_to_file(void **state)
{
	uint32_t in_use = buffers_in_use(), longest;
	struct port_counters counters;
	struct rte_mbuf *frames[32];
	char devargs[512];

	write_pcap(file("in.pcap"), 9014);
	snprintf(devargs, sizeof(devargs), "net_pcap0,rx_pcap=%s,tx_pcap=%s", file("in.pcap"),
		file("out.pcap"));
	/* Twice, since the same arguments must do again after a close. */
	for (int round = 0; round < 2; round++) {
		struct port *port = open_ok("p0", devargs);

		assert_int_equal(port->n_rxq, 1);
		assert_int_equal(port->ops->rx(port, 0, frames, 32), N_FRAMES);
		for (int i = 0; i < N_FRAMES; i++) {
			assert_int_equal(rte_pktmbuf_mtod(frames[i], uint8_t *)[20], i);
			assert_int_equal(frames[i]->ol_flags & RTE_MBUF_F_TX_L4_MASK, 0);
		}
		assert_int_equal(frames[N_FRAMES - 1]->pkt_len, 9014);
		assert_true(frames[N_FRAMES - 1]->nb_segs > 1);
		assert_int_equal(port->ops->rx(port, 0, frames + N_FRAMES, 8), 0);
		assert_int_equal(port->ops->tx(port, 0, frames, N_FRAMES), N_FRAMES);
		port->ops->get_counters(port, &counters);
		assert_int_equal(counters.rx_missed + counters.rx_errors + counters.tx_undone, 0);
		port->ops->close(port);
		assert_int_equal(count_pcap(file("out.pcap"), &longest), N_FRAMES);
		assert_int_equal(longest, 9014);
	}
	assert_int_equal(buffers_in_use(), in_use);
}

static void a_replayed_capture_returns_its_buffers(void **state)
{
	uint32_t in_use = buffers_in_use();
	struct rte_mbuf *frames[32];
	struct port *port;
	char devargs[512];

	write_pcap(file("in.pcap"), 60);
	snprintf(devargs, sizeof(devargs), "net_pcap0,rx_pcap=%s,infinite_rx=1", file("in.pcap"));
	port = open_ok("p0", devargs);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(port->ops->rx(port, 0, frames, 32), 32);
		assert_int_equal(port->ops->tx(port, 0, frames, 32), 32);
	}
	port->ops->close(port);
	assert_int_equal(buffers_in_use(), in_use);
}

static void a_status_tells_of_the_device(void **state)
{
	struct port *port = open_ok("n0", "net_null0");
	bool driver = false, n_rxq = false;
	struct port_status status;
	struct errmsg err = {""};

	port->ops->get_status(port, &status);
	assert_true(status.admin_up);
	assert_true(status.link_up);
	assert_int_equal(status.link_speed, 10000000000);
	assert_int_equal(status.mtu, PORT_MTU_DEFAULT);
	assert_false(rte_is_zero_ether_addr(&status.mac));
	for (int i = 0; i < status.n_pairs; i++) {
		if (!strcmp(status.pairs[i].key, "driver_name"))
			driver = !strcmp(status.pairs[i].value, "net_null");
		if (!strcmp(status.pairs[i].key, "n_rxq"))
			n_rxq = !strcmp(status.pairs[i].value, "1");
	}
	assert_true(driver);
	assert_true(n_rxq);
	assert_int_equal(port->ops->set_mtu(port, 9000, &err), 0);
	port->ops->get_status(port, &status);
	assert_int_equal(status.mtu, 9000);
	port->ops->close(port);
}

static void queues_and_the_mac_are_as_asked_for(void **state)
{
	struct port_args args = {
		.name = "n0",
		.devargs = "net_null0",
		.n_rxq = 2,
		.n_rxq_desc = 64,
		.mtu = 2000,
		.mac = {{2, 0, 0, 0, 0, 7}},
	};
	struct port_status status;
	struct port *port;
	struct errmsg err;

	assert_int_equal(port_ethdev_ops.open(&args, &port, &err), 0);
	assert_int_equal(port->n_rxq, 2);
	port->ops->get_status(port, &status);
	assert_memory_equal(&status.mac, &args.mac, sizeof(args.mac));
	assert_int_equal(status.mtu, 2000);
	port->ops->close(port);
}

static void failures_name_their_cause(void **state)
{
	struct port *port;

	open_fails(NULL, EINVAL, "dpdk-devargs");
	open_fails("", EINVAL, "dpdk-devargs");
	open_fails("nonsense", EINVAL, "nonsense");
	open_fails("0000:ff:1f.7", ENODEV, "attached");
	open_fails("net_pcap0,rx_pcap=/nonexistent.pcap", EIO, "/nonexistent.pcap");
	port = open_ok("first", "net_null0");
	open_fails("net_null0", EBUSY, "in use by port first");
	port->ops->close(port);
	port = open_ok("second", "net_null0");
	port->ops->close(port);
}

static void the_33rd_device_is_refused(void **state)
{
	struct port *ports[RTE_MAX_ETHPORTS];
	char text[32];

	for (int i = 0; i < RTE_MAX_ETHPORTS; i++) {
		snprintf(text, sizeof(text), "net_null%d", i);
		ports[i] = open_ok(text, text);
	}
	open_fails("net_null99", ENOSPC, "32 devices");
	ports[3]->ops->close(ports[3]);
	ports[3] = open_ok("again", "net_null99");
	for (int i = 0; i < RTE_MAX_ETHPORTS; i++)
		ports[i]->ops->close(ports[i]);
	assert_int_equal(rte_eth_dev_count_total(), 0);
}

static void ports_come_and_go_without_leaks(void **state)
{
	uint32_t in_use = buffers_in_use();
	struct rte_malloc_socket_stats before, after;
	char devargs[512];

	write_pcap(file("in.pcap"), 60);
	snprintf(devargs, sizeof(devargs), "net_pcap0,rx_pcap=%s,infinite_rx=1", file("in.pcap"));
	rte_malloc_get_socket_stats(0, &before);
	for (int i = 0; i < 100; i++) {
		struct port *port = open_ok("a", devargs);

		port->ops->close(port);
	}
	rte_malloc_get_socket_stats(0, &after);
	assert_true(after.heap_allocsz_bytes <= before.heap_allocsz_bytes + 4096);
	assert_int_equal(buffers_in_use(), in_use);
}

static void transmit_queues_are_enough_for_any_number_of_workers(void **state)
{
	static const uint16_t numbers[] = {1, 100, 2, 0};
	struct port_args args = {.name = "p0", .n_workers = 1};
	struct rte_mbuf *frames[32];
	uint32_t in_use = buffers_in_use();
	struct errmsg err;
	struct port *port;
	char devargs[512];

	write_pcap(file("in.pcap"), 60);
	snprintf(devargs, sizeof(devargs), "net_pcap0,rx_pcap=%s,infinite_rx=1", file("in.pcap"));
	args.devargs = devargs;
	assert_int_equal(port_ethdev_ops.open(&args, &port, &err), 0);
	/* The device has one queue, whatever comes. */
	for (int i = 0; numbers[i]; i++) {
		port->ops->set_workers(port, numbers[i]);
		for (uint16_t worker = 0; worker < numbers[i]; worker++) {
			assert_int_equal(port->ops->rx(port, 0, frames, 32), 32);
			assert_int_equal(port->ops->tx(port, worker, frames, 32), 32);
		}
	}
	port->ops->close(port);
	assert_int_equal(buffers_in_use(), in_use);
}

static int setup(void **state)
{
	struct errmsg err;

	thread_role_begin(&role_control);
	return !mkdtemp(folder) || dpdk_log_init() || test_eal_init(128) ||
	       pktpool_init(N_BUFFERS, &err);
}

static int teardown(void **state)
{
	unlink(file("in.pcap"));
	unlink(file("out.pcap"));
	pktpool_fini();
	rte_eal_cleanup();
	dpdk_log_fini();
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_pass_from_file_to_file),
		cmocka_unit_test(a_replayed_capture_returns_its_buffers),
		cmocka_unit_test(a_status_tells_of_the_device),
		cmocka_unit_test(queues_and_the_mac_are_as_asked_for),
		cmocka_unit_test(failures_name_their_cause),
		cmocka_unit_test(the_33rd_device_is_refused),
		cmocka_unit_test(ports_come_and_go_without_leaks),
		cmocka_unit_test(transmit_queues_are_enough_for_any_number_of_workers),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
