/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/listener.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "datapath/log.h"

LOG_MODULE("listener");

#define BACKLOG 128

struct listener {
	struct evconnlistener *evl;
	struct event *again; /* accepts again after descriptors ran out */
	char path[PATH_MAX];
	dev_t dev; /* of the socket that we made, so that no other is removed */
	ino_t ino;
	void (*accepted)(void *arg, int fd);
	void *arg;
};

static bool is_ours(const struct listener *l)
{
	struct stat st;

	return !lstat(l->path, &st) && st.st_dev == l->dev && st.st_ino == l->ino;
}

/* Removes a socket that refuses connections. */
static int clear_path(const struct sockaddr_un *addr, struct errmsg *err)
{
	struct stat st;
	int fd, r;

	if (lstat(addr->sun_path, &st))
		return errno == ENOENT
			       ? 0
			       : errmsg_set(err, errno, "%s: %s", addr->sun_path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return errmsg_set(err, EADDRINUSE, "%s exists and is no socket", addr->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errmsg_set(err, errno, "no socket: %s", strerror(errno));
	r = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ? errno : 0;
	close(fd);
	if (r != ECONNREFUSED)
		return errmsg_set(
			err, EADDRINUSE, "%s is in use by another program", addr->sun_path);
	if (unlink(addr->sun_path))
		return errmsg_set(err, errno, "can't remove the stale %s: %s", addr->sun_path,
			strerror(errno));
	return 0;
}

/* A bound socket with the right mode from its first moment on. */
static int bind_socket(const char *path, mode_t mode, struct errmsg *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	mode_t old_mask;
	int fd, r;

	if (strlen(path) >= sizeof(addr.sun_path))
		return errmsg_set(err, ENAMETOOLONG,
			"%s is too long for a socket (%zu bytes at most)", path,
			sizeof(addr.sun_path) - 1);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	r = clear_path(&addr, err);
	if (r)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errmsg_set(err, errno, "no socket: %s", strerror(errno));
	old_mask = umask(0777 & ~mode);
	r = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? errno : 0;
	umask(old_mask);
	if (r) {
		close(fd);
		return errmsg_set(err, r, "can't listen on %s: %s", path, strerror(r));
	}
	return fd;
}

static void on_accept(
	struct evconnlistener *evl, evutil_socket_t fd, struct sockaddr *peer, int len, void *arg)
{
	struct listener *l = arg;

	thread_role_assert(&role_control);
	l->accepted(l->arg, fd);
}

static void on_accept_error(struct evconnlistener *evl, void *arg)
{
	struct timeval pause = {.tv_sec = 1};
	struct listener *l = arg;

	log_limited(LOG_LEVEL_WARN, "%s: can't accept a connection: %s", l->path, strerror(errno));
	evconnlistener_disable(l->evl);
	evtimer_add(l->again, &pause);
}

static void on_again(evutil_socket_t fd, short events, void *arg)
{
	struct listener *l = arg;

	evconnlistener_enable(l->evl);
}

int listener_create(struct event_base *base, const char *path, mode_t mode,
	void (*accepted)(void *arg, int fd), void *arg, struct listener **listener,
	struct errmsg *err)
{
	struct listener *l = calloc(1, sizeof(*l));
	struct stat st;
	int fd;

	if (!l)
		return errmsg_set(err, ENOMEM, "no memory");
	fd = bind_socket(path, mode, err);
	if (fd < 0) {
		free(l);
		return fd;
	}
	strcpy(l->path, path); /* it fits a sockaddr_un */
	if (!lstat(path, &st)) {
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	l->accepted = accepted;
	l->arg = arg;
	l->again = evtimer_new(base, on_again, l);
	l->evl = l->again ? evconnlistener_new(base, on_accept, l,
				    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd)
			  : NULL;
	if (!l->evl) {
		unlink(path);
		close(fd);
		if (l->again)
			event_free(l->again);
		free(l);
		return errmsg_set(err, ENOMEM, "can't listen on %s", path);
	}
	evconnlistener_set_error_cb(l->evl, on_accept_error);
	*listener = l;
	return 0;
}

void listener_destroy(struct listener *l)
{
	if (!l)
		return;
	evconnlistener_free(l->evl);
	event_free(l->again);
	if (is_ours(l))
		unlink(l->path);
	free(l);
}
