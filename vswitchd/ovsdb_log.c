/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_MAX 128 /* with its newline and the terminating NUL */
#define MAGIC "OVSDB JSON "
#define SHA1_HEX 40
#define FILE_MODE 0640

struct ovsdb_log {
	char path[PATH_MAX]; /* resolved */
	int fd, lock_fd;
	FILE *reader;         /* until reading is over */
	off_t good, previous; /* end of the last good record, and of the one before */
	off_t end;            /* of what is to be read; 0: of the file */
	size_t n_records;
	bool tail; /* the file may be longer than `good` */
};

static int fail_at(struct errmsg *err, int error, const char *path, const char *what)
{
	return errmsg_set(err, error, "%s: %s: %s", path, what, strerror(error));
}

static void sha1_hex(const void *data, size_t len, char hex[SHA1_HEX + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	EVP_Digest(data, len, digest, &n, EVP_sha1(), NULL);
	for (unsigned int i = 0; i < n && 2 * i < SHA1_HEX; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

/* The lock is on a file of its own, since the database file is replaced by compaction. */
static int take_lock(struct ovsdb_log *log, struct errmsg *err)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char folder[PATH_MAX], base[PATH_MAX], name[2 * PATH_MAX + 16];

	memcpy(folder, log->path, sizeof(folder));
	memcpy(base, log->path, sizeof(base));
	snprintf(name, sizeof(name), "%s/.%s.~lock~", dirname(folder), basename(base));
	log->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (log->lock_fd < 0)
		return fail_at(err, errno, name, "can't open the lock file");
	if (!fcntl(log->lock_fd, F_SETLK, &lock))
		return 0;
	if (errno != EAGAIN && errno != EACCES)
		return fail_at(err, errno, name, "can't lock");
	if (!fcntl(log->lock_fd, F_GETLK, &lock) && lock.l_type != F_UNLCK)
		return errmsg_set(err, EAGAIN, "%s: process %d has the database open", log->path,
			(int)lock.l_pid);
	return errmsg_set(err, EAGAIN, "%s: another process has the database open", log->path);
}

static struct ovsdb_log *allocate(void)
{
	struct ovsdb_log *log = calloc(1, sizeof(*log));

	if (log)
		log->fd = log->lock_fd = -1;
	return log;
}

void ovsdb_log_close(struct ovsdb_log *log)
{
	if (!log)
		return;
	if (log->reader)
		fclose(log->reader);
	if (log->fd >= 0)
		close(log->fd);
	if (log->lock_fd >= 0)
		close(log->lock_fd);
	free(log);
}

static int check_magic(struct ovsdb_log *log, struct errmsg *err)
{
	char start[sizeof(MAGIC)] = "";
	ssize_t n = pread(log->fd, start, sizeof(MAGIC) - 1, 0);

	if (n < 0)
		return fail_at(err, errno, log->path, "can't read");
	if (!strncmp(start, "OVSDB CLUST", 11))
		return errmsg_set(err, EPROTO,
			"%s is a clustered database; only standalone ones can be opened",
			log->path);
	if (strcmp(start, MAGIC) != 0)
		return errmsg_set(err, EPROTO, "%s is not an OVSDB file", log->path);
	return 0;
}

static int start_reading(struct ovsdb_log *log)
{
	int fd = fcntl(log->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	log->reader = fdopen(fd, "r");
	if (!log->reader) {
		close(fd);
		return -errno;
	}
	return 0;
}

int ovsdb_log_open(const char *path, struct ovsdb_log **logp, struct errmsg *err)
{
	struct ovsdb_log *log = allocate();
	int r;

	if (!log)
		return errmsg_set(err, ENOMEM, "%s: no memory", path);
	if (!realpath(path, log->path)) {
		r = fail_at(err, errno, path, "can't open");
		goto fail;
	}
	r = take_lock(log, err);
	if (r)
		goto fail;
	log->fd = open(log->path, O_RDWR | O_CLOEXEC);
	if (log->fd < 0) {
		r = fail_at(err, errno, path, "can't open");
		goto fail;
	}
	r = check_magic(log, err);
	if (r)
		goto fail;
	r = start_reading(log);
	if (r) {
		fail_at(err, -r, path, "can't read");
		goto fail;
	}
	log->tail = true;
	*logp = log;
	return 0;

fail:
	ovsdb_log_close(log);
	return r;
}

int ovsdb_log_open_reader(
	const struct ovsdb_log *log, struct ovsdb_log **readerp, struct errmsg *err)
{
	struct ovsdb_log *reader = allocate();
	int r;

	if (!reader)
		return errmsg_set(err, ENOMEM, "%s: no memory", log->path);
	memcpy(reader->path, log->path, sizeof(reader->path));
	reader->fd = open(log->path, O_RDONLY | O_CLOEXEC);
	r = reader->fd < 0 ? -errno : start_reading(reader);
	if (r) {
		ovsdb_log_close(reader);
		return fail_at(err, -r, log->path, "can't read");
	}
	reader->end = log->good;
	*readerp = reader;
	return 0;
}

int ovsdb_log_create(const char *path, const struct ovsdb_log_record *schema,
	struct ovsdb_log **logp, struct errmsg *err)
{
	char copy[PATH_MAX], folder[PATH_MAX], base[PATH_MAX];
	struct ovsdb_log *log = allocate();
	int r;

	if (!log)
		return errmsg_set(err, ENOMEM, "%s: no memory", path);
	snprintf(copy, sizeof(copy), "%s", path);
	if (!realpath(dirname(copy), folder)) {
		r = fail_at(err, errno, path, "can't be made");
		goto fail;
	}
	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(base, sizeof(base), "%s", basename(copy));
	if ((size_t)snprintf(log->path, sizeof(log->path), "%s/%s", folder, base) >=
		sizeof(log->path)) {
		r = fail_at(err, ENAMETOOLONG, path, "can't be made");
		goto fail;
	}
	r = take_lock(log, err);
	if (r)
		goto fail;
	if (!access(log->path, F_OK)) {
		r = fail_at(err, EEXIST, path, "can't be made");
		goto fail;
	}
	r = ovsdb_log_replace(log, schema, 1, err);
	if (r)
		goto fail;
	*logp = log;
	return 0;

fail:
	ovsdb_log_close(log);
	return r;
}

static void end_reading(struct ovsdb_log *log)
{
	if (log->reader)
		fclose(log->reader);
	log->reader = NULL;
}

static int damaged(struct ovsdb_log *log, struct errmsg *err, const char *what)
{
	end_reading(log);
	return errmsg_set(err, EBADMSG, "%s: record %zu at offset %lld: %s", log->path,
		log->n_records, (long long)log->good, what);
}

/* Reads the header line: 1 with the body's length and hash, 0 at the end of the file, < 0. */
static int read_header(
	struct ovsdb_log *log, size_t *len, char hash[SHA1_HEX + 1], struct errmsg *err)
{
	char line[HEADER_MAX], *end;
	unsigned long value;
	struct stat st;

	if (!fgets(line, sizeof(line), log->reader)) {
		if (ferror(log->reader))
			return damaged(log, err, "can't be read");
		end_reading(log);
		return 0;
	}
	if (strncmp(line, MAGIC, strlen(MAGIC)) != 0 || !strchr(line, '\n'))
		return damaged(log, err, "no valid header");
	errno = 0;
	value = strtoul(line + strlen(MAGIC), &end, 10);
	if (errno || end == line + strlen(MAGIC) || *end != ' ' ||
		strspn(end + 1, "0123456789abcdefABCDEF") != SHA1_HEX || end[1 + SHA1_HEX] != '\n')
		return damaged(log, err, "no valid header");
	memcpy(hash, end + 1, SHA1_HEX);
	hash[SHA1_HEX] = '\0';
	if (fstat(log->fd, &st) || value > (unsigned long)(st.st_size - ftello(log->reader)))
		return damaged(log, err, "the file ends within it");
	*len = value;
	return 1;
}

int ovsdb_log_read(struct ovsdb_log *log, json_t **record, struct errmsg *err)
{
	char hash[SHA1_HEX + 1], actual[SHA1_HEX + 1];
	json_error_t error;
	size_t len = 0;
	char *body;
	int r;

	if (!log->reader)
		return 0;
	if (log->end && log->good == log->end) {
		end_reading(log);
		return 0;
	}
	r = read_header(log, &len, hash, err);
	if (r <= 0)
		return r;
	body = malloc(len + 1);
	if (!body)
		return damaged(log, err, "no memory for it");
	if (fread(body, 1, len, log->reader) != len) {
		free(body);
		return damaged(log, err, "the file ends within it");
	}
	sha1_hex(body, len, actual);
	if (strcasecmp(hash, actual) != 0) {
		free(body);
		return damaged(log, err, "its SHA-1 doesn't match");
	}
	*record = json_loadb(body, len, 0, &error);
	free(body);
	if (!json_is_object(*record)) {
		json_decref(*record);
		return damaged(log, err, "not a JSON object");
	}
	log->previous = log->good;
	log->good = ftello(log->reader);
	log->n_records++;
	return 1;
}

void ovsdb_log_unread(struct ovsdb_log *log)
{
	end_reading(log);
	log->good = log->previous;
	log->n_records--;
	log->tail = true;
}

static int write_all(int fd, const char *data, size_t len, off_t offset)
{
	while (len) {
		ssize_t n = pwrite(fd, data, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
		offset += n;
	}
	return 0;
}

/* The bytes of records, to be freed; NULL when memory is out. */
static char *format_records(const struct ovsdb_log_record *records, size_t n, size_t *len)
{
	char hash[SHA1_HEX + 1], *out, *p, *body;
	size_t size = 1;

	for (size_t i = 0; i < n; i++)
		size += HEADER_MAX + records[i].len + 1;
	p = out = malloc(size);
	if (!out)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		/* The hash covers the body with its newline, so the body is laid out first. */
		body = p + HEADER_MAX;
		memcpy(body, records[i].text, records[i].len);
		body[records[i].len] = '\n';
		sha1_hex(body, records[i].len + 1, hash);
		p += snprintf(p, HEADER_MAX, MAGIC "%zu %s\n", records[i].len + 1, hash);
		memmove(p, body, records[i].len + 1);
		p += records[i].len + 1;
	}
	*len = p - out;
	return out;
}

int ovsdb_log_append(
	struct ovsdb_log *log, const struct ovsdb_log_record *records, size_t n, struct errmsg *err)
{
	size_t len = 0;
	char *data;
	int r;

	end_reading(log);
	if (log->tail && ftruncate(log->fd, log->good))
		return fail_at(err, errno, log->path, "can't cut off the damaged end");
	log->tail = false;
	data = format_records(records, n, &len);
	if (!data)
		return errmsg_set(err, ENOMEM, "%s: no memory", log->path);
	r = write_all(log->fd, data, len, log->good);
	free(data);
	if (!r && fdatasync(log->fd))
		r = -errno;
	if (r) {
		/* If cutting fails now, the next call tries again before it writes. */
		log->tail = ftruncate(log->fd, log->good) != 0;
		return fail_at(err, -r, log->path, "write failed");
	}
	log->good += (off_t)len;
	log->n_records += n;
	return 0;
}

static int sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd, r;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = fsync(fd) ? -errno : 0;
	close(fd);
	return r;
}

/* Makes `path` whole and durable, or not at all. Returns its descriptor or -errno. */
static int write_file(const char *path, const char *data, size_t len)
{
	int fd, r;

	/* Only a crash leaves one behind: the lock is ours. */
	if (unlink(path) && errno != ENOENT)
		return -errno;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return -errno;
	r = write_all(fd, data, len, 0);
	if (!r && fdatasync(fd))
		r = -errno;
	if (r) {
		close(fd);
		unlink(path);
		return r;
	}
	return fd;
}

/* Keeps owner and mode of the file that `fd` replaces, as far as this process may. */
static void inherit_access(const struct ovsdb_log *log, int fd)
{
	struct stat st;

	if (log->fd < 0 || fstat(log->fd, &st))
		return;
	if (fchown(fd, st.st_uid, st.st_gid) == 0)
		fchmod(fd, st.st_mode & 07777);
}

int ovsdb_log_replace(
	struct ovsdb_log *log, const struct ovsdb_log_record *records, size_t n, struct errmsg *err)
{
	char tmp[PATH_MAX + 8];
	size_t len = 0;
	char *data;
	int fd, r;

	snprintf(tmp, sizeof(tmp), "%s.tmp", log->path);
	data = format_records(records, n, &len);
	if (!data)
		return errmsg_set(err, ENOMEM, "%s: no memory", log->path);
	fd = write_file(tmp, data, len);
	free(data);
	if (fd < 0)
		return fail_at(err, -fd, tmp, "write failed");
	inherit_access(log, fd);
	if (rename(tmp, log->path)) {
		r = -errno;
		close(fd);
		unlink(tmp);
		return fail_at(err, -r, log->path, "can't be replaced");
	}
	/* The name points to the new file from here on, whatever becomes of the folder's sync. */
	end_reading(log);
	if (log->fd >= 0)
		close(log->fd);
	log->fd = fd;
	log->good = log->previous = (off_t)len;
	log->n_records = n;
	log->tail = false;
	r = sync_folder(log->path);
	return r ? fail_at(err, -r, log->path, "can't sync its folder") : 0;
}

off_t ovsdb_log_size(const struct ovsdb_log *log)
{
	return log->good;
}

size_t ovsdb_log_n_records(const struct ovsdb_log *log)
{
	return log->n_records;
}

const char *ovsdb_log_path(const struct ovsdb_log *log)
{
	return log->path;
}
