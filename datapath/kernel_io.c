/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/kernel_io.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_ring.h>

#include "datapath/log.h"

#define N_EVENTS 64
#define RX_BUDGET 64 /* frames of a port before the next one has its turn */
#define TX_BUDGET 64
#define WORDS (PORT_MAX / 64)
#define SLOT_WAKE UINT32_MAX

LOG_MODULE("kernel_io");

struct kernel_io {
	/* Fixed while workers see it. */
	struct port *port;
	uint32_t slot;
	struct rte_ring *rx_ring; /* the thread to one worker */
	struct rte_ring *tx_ring; /* workers to the thread */

	/* Written by the worker that polls. */
	_Atomic uint64_t rx_segs_taken __rte_cache_aligned;

	/* Written by workers and the thread. */
	_Atomic uint64_t tx_segs __rte_cache_aligned; /* buffers in tx_ring and tx_wait */
	_Atomic bool usable;                          /* there is a descriptor that works */

	/* Written by the thread, read by control. */
	_Atomic uint64_t rx_missed __rte_cache_aligned;
	_Atomic uint64_t rx_errors;
	_Atomic uint64_t tx_undone;
	_Atomic uint64_t tx_retries;
	_Atomic uint16_t n_wait; /* frames in tx_wait, which the kernel didn't take yet */
	_Atomic int error;

	/* The thread's own. */
	int fd;
	const struct kernel_fd_ops *ops;
	bool blocked; /* waits for EPOLLOUT */
	uint64_t rx_segs_put;
	struct rte_mbuf *tx_wait[KERNEL_FD_BURST];
};

enum command_kind { COMMAND_NONE, COMMAND_SET_FD, COMMAND_REMOVE, COMMAND_STOP };

struct command {
	enum command_kind kind;
	struct kernel_io *io;
	int fd;
	const struct kernel_fd_ops *ops;
	int result;
};

/*
 * `awake` and the dirty words make the handshake without lost wake-ups. A worker puts frames in a
 * ring, marks the port dirty, then looks whether the thread sleeps; the thread says that it
 * sleeps, then looks for dirty ports. Both are sequentially consistent, so one of them sees the
 * other. Likewise the thread takes the mark away before it empties the ring.
 */
static struct {
	pthread_t thread;
	bool running;
	int epoll_fd;
	int wake_fd;
	struct kernel_fd_bufs *bufs;       /* the thread's */
	struct kernel_io *ports[PORT_MAX]; /* the thread's */
	uint64_t slots_used[WORDS];        /* control's */

	pthread_mutex_t lock; /* of the command; `changed` is signalled when it is posted or done */
	pthread_cond_t changed;
	struct command command;

	uint64_t tx_segs_max; /* when it is to matter; fixed while the thread runs */
	_Atomic uint64_t tx_segs __rte_cache_aligned; /* of all ports */
	_Atomic bool asleep __rte_cache_aligned;
	_Atomic bool command_waits;
	_Atomic uint64_t dirty[WORDS] __rte_cache_aligned; /* ports whose tx_ring has frames */
} kio = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void wake(void)
{
	if (atomic_load(&kio.asleep) && atomic_exchange(&kio.asleep, false))
		(void)eventfd_write(kio.wake_fd, 1);
}

static void count(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
		memory_order_relaxed);
}

static uint64_t count_segs(struct rte_mbuf *const *frames, uint16_t n)
{
	uint64_t segs = 0;

	for (uint16_t i = 0; i < n; i++)
		segs += frames[i]->nb_segs;
	return segs;
}

uint16_t kernel_io_rx(struct kernel_io *io, struct rte_mbuf **frames, uint16_t n)
{
	n = rte_ring_dequeue_burst(io->rx_ring, (void **)frames, n, NULL);
	if (n)
		count(&io->rx_segs_taken, count_segs(frames, n));
	return n;
}

static void forget_segs(struct kernel_io *io, uint64_t segs)
{
	atomic_fetch_sub(&io->tx_segs, segs);
	atomic_fetch_sub(&kio.tx_segs, segs);
}

uint16_t kernel_io_tx(struct kernel_io *io, struct rte_mbuf **frames, uint16_t n)
{
	_Atomic uint64_t *word = &kio.dirty[io->slot / 64];
	uint64_t bit = UINT64_C(1) << (io->slot % 64);
	uint64_t segs = count_segs(frames, n);
	uint64_t own, all;
	uint16_t sent;

	if (!n || !atomic_load_explicit(&io->usable, memory_order_relaxed))
		return 0;
	/* Counted first: once in the ring, frames are no longer ours to look at. */
	own = atomic_fetch_add(&io->tx_segs, segs);
	all = atomic_fetch_add(&kio.tx_segs, segs);
	if (own >= KERNEL_IO_SEGS_MAX || (own >= KERNEL_IO_SEGS_MIN && all >= kio.tx_segs_max))
		sent = 0;
	else
		sent = rte_ring_enqueue_burst(io->tx_ring, (void **)frames, n, NULL);
	if (sent < n)
		forget_segs(io, count_segs(frames + sent, n - sent));
	if (!sent)
		return 0;
	atomic_thread_fence(memory_order_seq_cst);
	if (!(atomic_load_explicit(word, memory_order_relaxed) & bit))
		atomic_fetch_or(word, bit);
	wake();
	return sent;
}

static void mark_dirty(const struct kernel_io *io) ON_KERNEL_IO
{
	atomic_fetch_or(&kio.dirty[io->slot / 64], UINT64_C(1) << (io->slot % 64));
}

static bool any_dirty(void) ON_KERNEL_IO
{
	for (unsigned int i = 0; i < WORDS; i++) {
		if (atomic_load(&kio.dirty[i]))
			return true;
	}
	return false;
}

static int watch(const struct kernel_io *io, int operation, uint32_t events) ON_KERNEL_IO
{
	struct epoll_event event = {.events = events, .data.u32 = io->slot};

	return epoll_ctl(kio.epoll_fd, operation, io->fd, &event) ? -errno : 0;
}

/* The descriptor reports nothing but errors any more: leave it, or it would keep us awake. */
static void give_up(struct kernel_io *io, int error) ON_KERNEL_IO
{
	(void)watch(io, EPOLL_CTL_DEL, 0);
	io->fd = -1;
	io->blocked = false;
	atomic_store(&io->usable, false);
	atomic_store(&io->error, error);
	mark_dirty(io);
	port_notify(io->port);
}

static void count_losses(struct kernel_io *io, const struct kernel_fd_losses *losses) ON_KERNEL_IO
{
	if (losses->rx_missed)
		count(&io->rx_missed, losses->rx_missed);
	if (losses->rx_errors)
		count(&io->rx_errors, losses->rx_errors);
	if (losses->tx_undone)
		count(&io->tx_undone, losses->tx_undone);
}

static void hand_over(struct kernel_io *io, struct rte_mbuf **frames, uint16_t n) ON_KERNEL_IO
{
	uint64_t held =
		io->rx_segs_put - atomic_load_explicit(&io->rx_segs_taken, memory_order_relaxed);
	uint64_t segs = count_segs(frames, n);
	uint16_t put = 0;

	if (held < KERNEL_IO_SEGS_MAX) {
		/* Counted first: the worker may take them out before we would. */
		io->rx_segs_put += segs;
		put = rte_ring_enqueue_burst(io->rx_ring, (void **)frames, n, NULL);
		io->rx_segs_put -= count_segs(frames + put, n - put);
	}
	if (put < n) {
		count(&io->rx_missed, n - put);
		rte_pktmbuf_free_bulk(frames + put, n - put);
	}
}

static void receive(struct kernel_io *io, uint32_t events) ON_KERNEL_IO
{
	struct rte_mbuf *frames[KERNEL_FD_FRAMES_MAX];
	int read = KERNEL_FD_BURST;
	int total = 0;
	uint16_t n;

	while (read == KERNEL_FD_BURST && total < RX_BUDGET) {
		struct kernel_fd_losses losses = {0};

		read = io->ops->rx(io->fd, kio.bufs, frames, &n, &losses);
		hand_over(io, frames, n);
		count_losses(io, &losses);
		total += RTE_MAX(read, 0);
	}
	if (read >= 0 && (total > 0 || !(events & (EPOLLERR | EPOLLHUP))))
		return;
	/* An interface that is set down says so once; the socket works on when it is up again. */
	if (read != -ENETDOWN)
		give_up(io, read < 0 ? -read : EIO);
}

static void finish_tx(struct kernel_io *io, uint16_t n, uint16_t left) ON_KERNEL_IO
{
	forget_segs(io, count_segs(io->tx_wait, n));
	rte_pktmbuf_free_bulk(io->tx_wait, n);
	memmove(io->tx_wait, io->tx_wait + n, left * sizeof(struct rte_mbuf *));
	atomic_store_explicit(&io->n_wait, left, memory_order_relaxed);
}

static void transmit(struct kernel_io *io) ON_KERNEL_IO
{
	uint16_t n = atomic_load_explicit(&io->n_wait, memory_order_relaxed);

	for (unsigned int total = 0; total < TX_BUDGET;) {
		struct kernel_fd_losses losses = {0};
		uint16_t more = RTE_MIN(KERNEL_FD_BURST - n, (int)rte_ring_count(io->tx_ring));
		uint16_t done;

		/* Counted first, so that no frame is ever missing from those held. */
		atomic_store(&io->n_wait, n + more);
		n += rte_ring_dequeue_burst(io->tx_ring, (void **)(io->tx_wait + n), more, NULL);
		if (!n)
			return;
		if (io->fd >= 0) {
			done = io->ops->tx(io->fd, kio.bufs, io->tx_wait, n, &losses);
		} else {
			losses.tx_undone = n;
			done = n;
		}
		count_losses(io, &losses);
		finish_tx(io, done, n - done);
		n -= done;
		total += done;
		if (n) {
			io->blocked = true;
			count(&io->tx_retries, 1);
			(void)watch(io, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
			return;
		}
	}
	mark_dirty(io);
}

static void transmit_all(void) ON_KERNEL_IO
{
	for (unsigned int i = 0; i < WORDS; i++) {
		uint64_t word;

		if (!atomic_load_explicit(&kio.dirty[i], memory_order_relaxed))
			continue;
		for (word = atomic_exchange(&kio.dirty[i], 0); word; word &= word - 1) {
			struct kernel_io *io = kio.ports[i * 64 + __builtin_ctzll(word)];

			if (io && !io->blocked)
				transmit(io);
		}
	}
}

static int set_fd(struct kernel_io *io, int fd, const struct kernel_fd_ops *ops) ON_KERNEL_IO
{
	int ret = 0;

	if (io->fd >= 0)
		(void)watch(io, EPOLL_CTL_DEL, 0);
	io->fd = fd;
	io->ops = ops;
	io->blocked = false;
	if (fd >= 0)
		ret = watch(io, EPOLL_CTL_ADD, EPOLLIN);
	if (ret)
		io->fd = -1;
	atomic_store(&io->error, 0);
	atomic_store(&io->usable, io->fd >= 0);
	kio.ports[io->slot] = io;
	mark_dirty(io);
	return ret;
}

/* False when the thread is to end. */
static bool run_command(void) ON_KERNEL_IO
{
	struct command *command = &kio.command;
	bool go_on;

	if (!atomic_load(&kio.command_waits))
		return true;
	pthread_mutex_lock(&kio.lock);
	if (command->kind == COMMAND_SET_FD) {
		command->result = set_fd(command->io, command->fd, command->ops);
	} else if (command->kind == COMMAND_REMOVE) {
		(void)set_fd(command->io, -1, NULL);
		kio.ports[command->io->slot] = NULL;
	}
	go_on = command->kind != COMMAND_STOP;
	command->kind = COMMAND_NONE;
	atomic_store(&kio.command_waits, false);
	pthread_cond_signal(&kio.changed);
	pthread_mutex_unlock(&kio.lock);
	return go_on;
}

static void handle_event(const struct epoll_event *event) ON_KERNEL_IO
{
	struct kernel_io *io;
	eventfd_t value;

	if (event->data.u32 == SLOT_WAKE) {
		(void)eventfd_read(kio.wake_fd, &value);
		return;
	}
	io = kio.ports[event->data.u32];
	if (event->events & EPOLLOUT && io->blocked) {
		io->blocked = false;
		(void)watch(io, EPOLL_CTL_MOD, EPOLLIN);
		mark_dirty(io);
	}
	if (event->events & ~EPOLLOUT)
		receive(io, event->events);
}

static void serve(void) ON_KERNEL_IO
{
	struct epoll_event events[N_EVENTS];

	while (run_command()) {
		bool idle = !any_dirty();
		int n;

		if (idle) {
			atomic_store(&kio.asleep, true);
			idle = !any_dirty() && !atomic_load(&kio.command_waits);
		}
		n = epoll_wait(kio.epoll_fd, events, N_EVENTS, idle ? -1 : 0);
		atomic_store(&kio.asleep, false);
		for (int i = 0; i < n; i++)
			handle_event(&events[i]);
		transmit_all();
	}
}

struct start {
	pthread_mutex_t lock;
	pthread_cond_t done;
	int result; /* 1 until known */
};

static int prepare_thread(void) ON_KERNEL_IO
{
	if (rte_thread_register())
		return -rte_errno;
	kio.bufs = kernel_fd_bufs_create(pktpool_get((int)rte_socket_id()));
	if (kio.bufs)
		return 0;
	rte_thread_unregister();
	return -ENOBUFS;
}

static void *thread_main(void *arg)
{
	struct start *start = arg;
	int ret;

	thread_role_begin(&role_kernel_io);
	pthread_setname_np(pthread_self(), "kernel-io");
	ret = prepare_thread();
	pthread_mutex_lock(&start->lock);
	start->result = ret;
	pthread_cond_signal(&start->done);
	pthread_mutex_unlock(&start->lock);
	if (ret)
		return NULL;
	serve();
	kernel_fd_bufs_destroy(kio.bufs);
	kio.bufs = NULL;
	rte_thread_unregister();
	return NULL;
}

/* Signals are control's to handle. */
static int start_thread(void)
{
	struct start start = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 1};
	sigset_t all, before;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&kio.thread, NULL, thread_main, &start);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ret)
		return -ret;
	pthread_mutex_lock(&start.lock);
	while (start.result == 1)
		pthread_cond_wait(&start.done, &start.lock);
	pthread_mutex_unlock(&start.lock);
	if (start.result)
		pthread_join(kio.thread, NULL);
	return start.result;
}

int kernel_io_start(struct errmsg *err)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = SLOT_WAKE};
	int ret = 0;

	if (kio.running)
		return 0;

	kio.tx_segs_max = pktpool_get(SOCKET_ID_ANY)->size / 4;
	kio.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	kio.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (kio.epoll_fd < 0 || kio.wake_fd < 0 ||
		epoll_ctl(kio.epoll_fd, EPOLL_CTL_ADD, kio.wake_fd, &event))
		ret = -errno;
	if (!ret)
		ret = start_thread();
	if (!ret) {
		kio.running = true;
		return 0;
	}
	close(kio.epoll_fd);
	close(kio.wake_fd);
	return errmsg_set(err, -ret, "the kernel I/O thread can't start: %s",
		ret == -ENOBUFS ? "too few packet buffers" : strerror(-ret));
}

static int post(const struct command *command) ON_CONTROL
{
	int ret;

	pthread_mutex_lock(&kio.lock);
	kio.command = *command;
	atomic_store(&kio.command_waits, true);
	wake();
	while (atomic_load(&kio.command_waits))
		pthread_cond_wait(&kio.changed, &kio.lock);
	ret = kio.command.result;
	pthread_mutex_unlock(&kio.lock);
	return ret;
}

void kernel_io_stop(void)
{
	if (!kio.running)
		return;
	(void)post(&(struct command){.kind = COMMAND_STOP});
	pthread_join(kio.thread, NULL);
	close(kio.epoll_fd);
	close(kio.wake_fd);
	kio.running = false;
}

static struct rte_ring *ring_create(unsigned int flags)
{
	ssize_t size = rte_ring_get_memsize(KERNEL_IO_RING_SIZE);
	struct rte_ring *ring = rte_zmalloc("kernel_io", size, RTE_CACHE_LINE_SIZE);

	/* Not rte_ring_create(), which spends one of the few memory zones. */
	if (ring && rte_ring_init(ring, "kernel_io", KERNEL_IO_RING_SIZE, flags)) {
		rte_free(ring);
		return NULL;
	}
	return ring;
}

static void ring_destroy(struct rte_ring *ring)
{
	struct rte_mbuf *frame;

	while (ring && !rte_ring_dequeue(ring, (void **)&frame))
		rte_pktmbuf_free(frame);
	rte_free(ring);
}

static int take_slot(uint32_t *slot) ON_CONTROL
{
	for (unsigned int i = 0; i < WORDS; i++) {
		if (~kio.slots_used[i]) {
			unsigned int bit = __builtin_ctzll(~kio.slots_used[i]);

			kio.slots_used[i] |= UINT64_C(1) << bit;
			*slot = i * 64 + bit;
			return 0;
		}
	}
	return -ENOSPC;
}

struct kernel_io *kernel_io_create(struct port *port)
{
	struct kernel_io *io = rte_zmalloc("kernel_io", sizeof(*io), RTE_CACHE_LINE_SIZE);

	if (!io || take_slot(&io->slot)) {
		rte_free(io);
		return NULL;
	}
	io->port = port;
	io->fd = -1;
	io->rx_ring = ring_create(RING_F_SP_ENQ | RING_F_SC_DEQ);
	io->tx_ring = ring_create(RING_F_SC_DEQ);
	if (!io->rx_ring || !io->tx_ring) {
		kernel_io_destroy(io);
		return NULL;
	}
	return io;
}

void kernel_io_destroy(struct kernel_io *io)
{
	if (!io)
		return;
	(void)post(&(struct command){.kind = COMMAND_REMOVE, .io = io});
	atomic_fetch_sub(&kio.tx_segs, atomic_load(&io->tx_segs));
	rte_pktmbuf_free_bulk(io->tx_wait, io->n_wait);
	ring_destroy(io->rx_ring);
	ring_destroy(io->tx_ring);
	kio.slots_used[io->slot / 64] &= ~(UINT64_C(1) << (io->slot % 64));
	rte_free(io);
}

int kernel_io_set_fd(struct kernel_io *io, int fd, const struct kernel_fd_ops *ops)
{
	return post(&(struct command){.kind = COMMAND_SET_FD, .io = io, .fd = fd, .ops = ops});
}

int kernel_io_error(const struct kernel_io *io)
{
	return atomic_load(&io->error);
}

void kernel_io_get_counters(const struct kernel_io *io, struct port_counters *counters)
{
	/* In this order: frames go from the ring to tx_wait, where they are counted first. */
	uint64_t in_ring = rte_ring_count(io->tx_ring);

	atomic_thread_fence(memory_order_acquire);
	*counters = (struct port_counters){
		.rx_missed = atomic_load_explicit(&io->rx_missed, memory_order_relaxed),
		.rx_errors = atomic_load_explicit(&io->rx_errors, memory_order_relaxed),
		.tx_undone = atomic_load_explicit(&io->tx_undone, memory_order_relaxed),
		.tx_retries = atomic_load_explicit(&io->tx_retries, memory_order_relaxed),
		.held = in_ring + atomic_load(&io->n_wait),
	};
}
