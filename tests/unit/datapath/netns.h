/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network namespace for a test to play in, and agents: processes in further namespaces that run
 * commands and TCP transfers for it. No root is needed where user namespaces are allowed.
 */
#ifndef TESTS_NETNS_H
#define TESTS_NETNS_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/udp.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define NETNS_SKIP 77 /* exit status: nothing was tested */

struct agent {
	pid_t pid;
	int fd; /* a datagram each: the command, then its result */
};

static inline double netns_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static inline int netns_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -1;
	fputs(text, f);
	return fclose(f);
}

/* As root of a user namespace: otherwise commands would lose what may be done there. */
static inline int netns_unshare_user(void)
{
	char uid_map[32], gid_map[32];

	snprintf(uid_map, sizeof(uid_map), "0 %u 1", getuid());
	snprintf(gid_map, sizeof(gid_map), "0 %u 1", getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return -1;
	return netns_write("/proc/self/setgroups", "deny") ||
	       netns_write("/proc/self/uid_map", uid_map) ||
	       netns_write("/proc/self/gid_map", gid_map);
}

/* Before any thread. Ends the test with NETNS_SKIP and a word why where it isn't allowed. */
static inline void netns_enter(void)
{
	if (!unshare(CLONE_NEWNET) || !netns_unshare_user()) {
		if (!system("ip link set lo up"))
			return;
		printf("SKIP: no working ip command\n");
		exit(NETNS_SKIP);
	}
	printf("SKIP: no network namespace: %s; run as root or allow user namespaces\n",
		strerror(errno));
	exit(NETNS_SKIP);
}

static inline int netns_run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int agent_address(const char *host, int port, struct sockaddr_storage *address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;

	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	inet_pton(AF_INET6, host, &v6->sin6_addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	return sizeof(*v6);
}

/* The content of a transfer: byte `i` of it. */
static inline uint8_t agent_byte(uint64_t i)
{
	return (uint8_t)(i * 31 + (i >> 8) * 17 + (i >> 16));
}

static inline void agent_serve(int fd, const char *host, int port)
{
	static uint8_t buf[1 << 16];
	struct sockaddr_storage address;
	socklen_t len = agent_address(host, port, &address);
	int s = socket(address.ss_family, SOCK_STREAM, 0);
	uint64_t total = 0, wrong = 0;
	char result[64];
	int one = 1;
	ssize_t n;
	int c;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s, (struct sockaddr *)&address, len) || listen(s, 1)) {
		snprintf(result, sizeof(result), "listen: %s", strerror(errno));
		(void)!write(fd, result, strlen(result));
		return;
	}
	(void)!write(fd, "listening", 9);
	c = accept(s, NULL, NULL);
	while ((n = read(c, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++, total++)
			wrong += buf[i] != agent_byte(total);
	}
	close(c);
	close(s);
	snprintf(result, sizeof(result), "%llu %llu", (unsigned long long)total,
		(unsigned long long)wrong);
	(void)!write(fd, result, strlen(result));
}

static inline void agent_send(int fd, const char *host, int port, uint64_t bytes)
{
	static uint8_t buf[1 << 16];
	struct sockaddr_storage address;
	socklen_t len = agent_address(host, port, &address);
	int s = socket(address.ss_family, SOCK_STREAM, 0);
	char result[64] = "sent";

	if (connect(s, (struct sockaddr *)&address, len))
		snprintf(result, sizeof(result), "connect: %s", strerror(errno));
	for (uint64_t at = 0; at < bytes;) {
		size_t n = bytes - at < sizeof(buf) ? bytes - at : sizeof(buf);

		for (size_t i = 0; i < n; i++)
			buf[i] = agent_byte(at + i);
		for (size_t done = 0; done < n;) {
			ssize_t w = write(s, buf + done, n - done);

			if (w <= 0) {
				snprintf(result, sizeof(result), "write: %s", strerror(errno));
				at = bytes;
				break;
			}
			done += w;
		}
		at += n;
	}
	close(s);
	(void)!write(fd, result, strlen(result));
}

#define AGENT_DATAGRAM 1000 /* bytes; the last one of a train is shorter */
#define AGENT_TRAIN 30500   /* bytes: 31 datagrams */

/* Sends one train of datagrams, which the kernel keeps in one piece as long as it can. */
static inline void agent_send_train(int fd, const char *host, int port)
{
	static uint8_t buf[AGENT_TRAIN];
	struct sockaddr_storage address;
	socklen_t len = agent_address(host, port, &address);
	int s = socket(address.ss_family, SOCK_DGRAM, 0);
	int size = AGENT_DATAGRAM;
	char result[64] = "sent";

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = agent_byte(i);
	if (setsockopt(s, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) ||
		sendto(s, buf, sizeof(buf), 0, (struct sockaddr *)&address, len) !=
			(ssize_t)sizeof(buf))
		snprintf(result, sizeof(result), "sendto: %s", strerror(errno));
	close(s);
	(void)!write(fd, result, strlen(result));
}

/* Receives one train and says how many datagrams had the right length and content. */
static inline void agent_receive_train(int fd, const char *host, int port)
{
	static uint8_t buf[1 << 16];
	struct timeval patience = {.tv_sec = 5};
	struct sockaddr_storage address;
	socklen_t len = agent_address(host, port, &address);
	int s = socket(address.ss_family, SOCK_DGRAM, 0);
	unsigned int right = 0, total = 0;
	size_t at = 0;
	char result[64];
	ssize_t n;

	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(s, (struct sockaddr *)&address, len))
		abort();
	(void)!write(fd, "listening", 9);
	while (at < AGENT_TRAIN && (n = recv(s, buf, sizeof(buf), 0)) > 0) {
		size_t left = AGENT_TRAIN - at;
		int wrong = n != (ssize_t)(left < AGENT_DATAGRAM ? left : AGENT_DATAGRAM);

		for (ssize_t i = 0; i < n; i++)
			wrong |= buf[i] != agent_byte(at + i);
		at += n;
		right += !wrong;
		total++;
	}
	close(s);
	snprintf(result, sizeof(result), "%u %u", total, right);
	(void)!write(fd, result, strlen(result));
}

static inline void agent_main(int fd)
{
	char command[512], host[64];
	unsigned long long bytes;
	int port;
	ssize_t n;

	signal(SIGPIPE, SIG_IGN);
	while ((n = read(fd, command, sizeof(command) - 1)) > 0) {
		command[n] = '\0';
		if (sscanf(command, "serve %63s %d", host, &port) == 2)
			agent_serve(fd, host, port);
		else if (sscanf(command, "send %63s %d %llu", host, &port, &bytes) == 3)
			agent_send(fd, host, port, bytes);
		else if (sscanf(command, "receive-train %63s %d", host, &port) == 2)
			agent_receive_train(fd, host, port);
		else if (sscanf(command, "send-train %63s %d", host, &port) == 2)
			agent_send_train(fd, host, port);
		else
			(void)!write(fd, netns_run(command) ? "no" : "ok", 2);
	}
	_exit(0);
}

/* An agent in a network namespace of its own, or, for !own, in the test's. Before any thread. */
static inline struct agent agent_start(bool own)
{
	struct agent agent;
	char ready;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds))
		abort();
	agent.pid = fork();
	if (!agent.pid) {
		close(fds[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (own && (unshare(CLONE_NEWNET) || netns_run("ip link set lo up")))
			_exit(1);
		(void)!write(fds[1], "", 1);
		agent_main(fds[1]);
	}
	close(fds[1]);
	agent.fd = fds[0];
	if (read(agent.fd, &ready, 1) != 1)
		abort();
	return agent;
}

static inline void agent_stop(struct agent *agent)
{
	kill(agent->pid, SIGKILL);
	waitpid(agent->pid, NULL, 0);
	close(agent->fd);
}

static inline void agent_post(struct agent *agent, const char *command)
{
	(void)!write(agent->fd, command, strlen(command));
}

/* Whether a result is there; it is put into `result` of 64 bytes. */
static inline int agent_poll(struct agent *agent, int timeout_ms, char *result)
{
	struct pollfd p = {.fd = agent->fd, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, timeout_ms) <= 0)
		return 0;
	n = read(agent->fd, result, 63);
	result[n < 0 ? 0 : n] = '\0';
	return 1;
}

/* 0 when the shell command succeeded in the agent's namespace. */
static inline int agent_run(struct agent *agent, const char *command)
{
	char result[64];

	agent_post(agent, command);
	return agent_poll(agent, 10000, result) && !strncmp(result, "ok", 2) ? 0 : -1;
}

#endif
