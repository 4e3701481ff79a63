/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct pidfile {
	int fd;
	char path[PATH_MAX];
};

/* 1 when `fd` is locked by us and still is the file at `path`, 0 to try again, or -errno. */
static int lock_file(int fd, const char *path, struct errmsg *err)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat ours, theirs;

	if (fcntl(fd, F_SETLK, &lock)) {
		if (errno != EAGAIN && errno != EACCES)
			return errmsg_set(err, errno, "can't lock %s: %s", path, strerror(errno));
		if (fcntl(fd, F_GETLK, &lock) || lock.l_type == F_UNLCK)
			return 0;
		return errmsg_set(err, EEXIST, "vswitchd already runs as process %d (%s)",
			(int)lock.l_pid, path);
	}
	if (fstat(fd, &ours))
		return errmsg_set(err, errno, "%s: %s", path, strerror(errno));
	/* A daemon that stops removes its file, maybe between our open and our lock. */
	return !stat(path, &theirs) && ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

static int open_locked(const char *path, struct errmsg *err)
{
	int fd, r;

	do {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			return errmsg_set(err, errno, "can't write %s: %s", path, strerror(errno));
		r = lock_file(fd, path, err);
		if (r <= 0)
			close(fd);
	} while (!r);
	return r < 0 ? r : fd;
}

int pidfile_create(const char *path, struct pidfile **pidfilep, struct errmsg *err)
{
	struct pidfile *pidfile = calloc(1, sizeof(*pidfile));
	char text[32];
	int n;

	if (!pidfile)
		return errmsg_set(err, ENOMEM, "no memory");
	snprintf(pidfile->path, sizeof(pidfile->path), "%s", path);
	pidfile->fd = open_locked(path, err);
	if (pidfile->fd < 0) {
		int r = pidfile->fd;

		free(pidfile);
		return r;
	}
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(pidfile->fd, 0) || pwrite(pidfile->fd, text, n, 0) != n) {
		n = errmsg_set(
			err, errno ? errno : EIO, "can't write %s: %s", path, strerror(errno));
		pidfile_destroy(pidfile);
		return n;
	}
	*pidfilep = pidfile;
	return 0;
}

void pidfile_destroy(struct pidfile *pidfile)
{
	if (!pidfile)
		return;
	unlink(pidfile->path);
	close(pidfile->fd);
	free(pidfile);
}
