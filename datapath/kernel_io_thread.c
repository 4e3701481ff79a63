/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/kernel_io_thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_lcore.h>

#include "datapath/kernel_io_port.h"

#define N_EVENTS 64
#define RX_BUDGET 64 /* frames of a port before the next one has its turn */
#define TX_BUDGET 64
#define WORDS (PORT_MAX / 64)
#define SLOT_WAKE UINT32_MAX

enum command_kind { COMMAND_NONE, COMMAND_SET_FD, COMMAND_REMOVE, COMMAND_STOP };

struct command {
	enum command_kind kind;
	struct kernel_io *io;
	int fd;
	const struct kernel_fd_ops *ops;
	int result;
};

/*
 * `asleep` and the dirty words make the handshake without lost wake-ups. A worker puts frames in a
 * ring, marks the port dirty, then looks whether the thread sleeps; the thread says that it
 * sleeps, then looks for dirty ports. Both are sequentially consistent, so one of them sees the
 * other. Likewise the thread takes the mark away before it empties the ring.
 */
static struct {
	pthread_t id;
	int epoll_fd;
	int wake_fd;
	struct kernel_fd_bufs *bufs;       /* the thread's */
	struct kernel_io *ports[PORT_MAX]; /* the thread's */

	pthread_mutex_t lock; /* of the command; `changed` is signalled when it is done */
	pthread_cond_t changed;
	struct command command;

	_Atomic bool asleep __rte_cache_aligned;
	_Atomic bool command_waits;
	_Atomic uint64_t dirty[WORDS] __rte_cache_aligned; /* ports whose tx_ring has frames */
} thread = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void wake(void)
{
	if (atomic_load(&thread.asleep) && atomic_exchange(&thread.asleep, false))
		(void)eventfd_write(thread.wake_fd, 1);
}

void kernel_io_thread_alert(uint32_t slot)
{
	_Atomic uint64_t *word = &thread.dirty[slot / 64];
	uint64_t bit = UINT64_C(1) << (slot % 64);

	atomic_thread_fence(memory_order_seq_cst);
	if (!(atomic_load_explicit(word, memory_order_relaxed) & bit))
		atomic_fetch_or(word, bit);
	wake();
}

static void mark_dirty(const struct kernel_io *io) ON_KERNEL_IO
{
	atomic_fetch_or(&thread.dirty[io->slot / 64], UINT64_C(1) << (io->slot % 64));
}

static bool any_dirty(void) ON_KERNEL_IO
{
	for (unsigned int i = 0; i < WORDS; i++) {
		if (atomic_load(&thread.dirty[i]))
			return true;
	}
	return false;
}

static int watch(const struct kernel_io *io, int operation, uint32_t events) ON_KERNEL_IO
{
	struct epoll_event event = {.events = events, .data.u32 = io->slot};

	return epoll_ctl(thread.epoll_fd, operation, io->fd, &event) ? -errno : 0;
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
		kernel_io_count(&io->rx_missed, losses->rx_missed);
	if (losses->rx_errors)
		kernel_io_count(&io->rx_errors, losses->rx_errors);
	if (losses->tx_undone)
		kernel_io_count(&io->tx_undone, losses->tx_undone);
}

static void hand_over(struct kernel_io *io, struct rte_mbuf **frames, uint16_t n) ON_KERNEL_IO
{
	uint64_t held =
		io->rx_segs_put - atomic_load_explicit(&io->rx_segs_taken, memory_order_relaxed);
	uint64_t segs = kernel_io_segs(frames, n);
	uint16_t put = 0;

	if (held < KERNEL_IO_SEGS_MAX) {
		/* Counted first: the worker may take them out before we would. */
		io->rx_segs_put += segs;
		put = rte_ring_enqueue_burst(io->rx_ring, (void **)frames, n, NULL);
		io->rx_segs_put -= kernel_io_segs(frames + put, n - put);
	}
	if (put < n) {
		kernel_io_count(&io->rx_missed, n - put);
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

		read = io->ops->rx(io->fd, thread.bufs, frames, &n, &losses);
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
	kernel_io_forget(io, kernel_io_segs(io->tx_wait, n));
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
			done = io->ops->tx(io->fd, thread.bufs, io->tx_wait, n, &losses);
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
			kernel_io_count(&io->tx_retries, 1);
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

		if (!atomic_load_explicit(&thread.dirty[i], memory_order_relaxed))
			continue;
		for (word = atomic_exchange(&thread.dirty[i], 0); word; word &= word - 1) {
			struct kernel_io *io = thread.ports[i * 64 + __builtin_ctzll(word)];

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
	thread.ports[io->slot] = io;
	mark_dirty(io);
	return ret;
}

/* False when the thread is to end. */
static bool run_command(void) ON_KERNEL_IO
{
	struct command *command = &thread.command;
	bool go_on;

	if (!atomic_load(&thread.command_waits))
		return true;
	pthread_mutex_lock(&thread.lock);
	if (command->kind == COMMAND_SET_FD) {
		command->result = set_fd(command->io, command->fd, command->ops);
	} else if (command->kind == COMMAND_REMOVE) {
		(void)set_fd(command->io, -1, NULL);
		thread.ports[command->io->slot] = NULL;
	}
	go_on = command->kind != COMMAND_STOP;
	command->kind = COMMAND_NONE;
	atomic_store(&thread.command_waits, false);
	pthread_cond_signal(&thread.changed);
	pthread_mutex_unlock(&thread.lock);
	return go_on;
}

static void handle_event(const struct epoll_event *event) ON_KERNEL_IO
{
	struct kernel_io *io;
	eventfd_t value;

	if (event->data.u32 == SLOT_WAKE) {
		(void)eventfd_read(thread.wake_fd, &value);
		return;
	}
	io = thread.ports[event->data.u32];
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
			atomic_store(&thread.asleep, true);
			idle = !any_dirty() && !atomic_load(&thread.command_waits);
		}
		n = epoll_wait(thread.epoll_fd, events, N_EVENTS, idle ? -1 : 0);
		atomic_store(&thread.asleep, false);
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
	thread.bufs = kernel_fd_bufs_create(pktpool_get((int)rte_socket_id()));
	if (thread.bufs)
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
	kernel_fd_bufs_destroy(thread.bufs);
	thread.bufs = NULL;
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
	ret = pthread_create(&thread.id, NULL, thread_main, &start);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ret)
		return -ret;
	pthread_mutex_lock(&start.lock);
	while (start.result == 1)
		pthread_cond_wait(&start.done, &start.lock);
	pthread_mutex_unlock(&start.lock);
	if (start.result)
		pthread_join(thread.id, NULL);
	return start.result;
}

int kernel_io_thread_start(void)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = SLOT_WAKE};
	int ret = 0;

	thread.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	thread.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (thread.epoll_fd < 0 || thread.wake_fd < 0 ||
		epoll_ctl(thread.epoll_fd, EPOLL_CTL_ADD, thread.wake_fd, &event))
		ret = -errno;
	if (!ret)
		ret = start_thread();
	if (ret) {
		close(thread.epoll_fd);
		close(thread.wake_fd);
	}
	return ret;
}

static int post(const struct command *command) ON_CONTROL
{
	int ret;

	pthread_mutex_lock(&thread.lock);
	thread.command = *command;
	atomic_store(&thread.command_waits, true);
	wake();
	while (atomic_load(&thread.command_waits))
		pthread_cond_wait(&thread.changed, &thread.lock);
	ret = thread.command.result;
	pthread_mutex_unlock(&thread.lock);
	return ret;
}

void kernel_io_thread_stop(void)
{
	(void)post(&(struct command){.kind = COMMAND_STOP});
	pthread_join(thread.id, NULL);
	close(thread.epoll_fd);
	close(thread.wake_fd);
}

int kernel_io_thread_set_fd(struct kernel_io *io, int fd, const struct kernel_fd_ops *ops)
{
	return post(&(struct command){.kind = COMMAND_SET_FD, .io = io, .fd = fd, .ops = ops});
}

void kernel_io_thread_remove(struct kernel_io *io)
{
	(void)post(&(struct command){.kind = COMMAND_REMOVE, .io = io});
}
