/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_MAX 2048
#define LOG_RATE_LINES 5
#define LOG_RATE_WINDOW_NS (60ull * 1000000000)

static struct log_module *first_module;
static pthread_mutex_t file_lock = PTHREAD_MUTEX_INITIALIZER;
static char *file_path;
static int file_fd = -1;
static bool to_stderr = true;

static const char *const level_names[LOG_N_LEVELS] = {"off", "err", "warn", "info", "dbg"};

void log_register(struct log_module *module)
{
	module->next = first_module;
	first_module = module;
}

struct log_module *log_modules(void)
{
	return first_module;
}

bool log_level_from_string(const char *name, enum log_level *level)
{
	for (int i = 0; i < LOG_N_LEVELS; i++) {
		if (!strcmp(name, level_names[i])) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

const char *log_level_to_string(enum log_level level)
{
	return level_names[level];
}

bool log_set_level(const char *name, enum log_level level)
{
	bool found = false;

	for (struct log_module *m = first_module; m; m = m->next) {
		if (!name || !strcmp(m->name, name)) {
			m->level = level;
			found = true;
		}
	}
	return found;
}

/* A log line is worth no retry: a short or failed write has nowhere to be told. */
static void write_line(int fd, const char *line, size_t len)
{
	if (fd >= 0 && write(fd, line, len) < 0)
		return;
}

static void write_va(const struct log_module *module, enum log_level level, uint32_t suppressed,
	const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static void write_va(const struct log_module *module, enum log_level level, uint32_t suppressed,
	const char *format, va_list args)
{
	char line[LOG_LINE_MAX];
	struct timespec now;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &tm);
	n += snprintf(line + n, sizeof(line) - n, ".%03ldZ|%s|%s|", now.tv_nsec / 1000000,
		module->name, level_names[level]);
	n += vsnprintf(line + n, sizeof(line) - n, format, args);
	if (n > sizeof(line) - 64)
		n = sizeof(line) - 64;
	if (suppressed)
		n += snprintf(
			line + n, sizeof(line) - n, " (%u similar lines held back)", suppressed);
	/* What a peer sent must not forge a line. */
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)line[i] < ' ')
			line[i] = '?';
	}
	line[n++] = '\n';
	pthread_mutex_lock(&file_lock);
	write_line(file_fd, line, n);
	pthread_mutex_unlock(&file_lock);
	if (to_stderr)
		write_line(STDERR_FILENO, line, n);
}

void log_write(const struct log_module *module, enum log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_va(module, level, 0, format, args);
	va_end(args);
}

void log_write_limited(const struct log_module *module, struct log_rate *rate, enum log_level level,
	const char *format, ...)
{
	uint32_t suppressed = 0;
	struct timespec ts;
	uint64_t now;
	va_list args;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = ts.tv_sec * 1000000000ull + ts.tv_nsec;
	pthread_mutex_lock(&file_lock);
	if (!rate->window_start_ns || now - rate->window_start_ns > LOG_RATE_WINDOW_NS) {
		suppressed = rate->suppressed;
		*rate = (struct log_rate){.window_start_ns = now};
	}
	if (rate->logged >= LOG_RATE_LINES) {
		rate->suppressed++;
		pthread_mutex_unlock(&file_lock);
		return;
	}
	rate->logged++;
	pthread_mutex_unlock(&file_lock);
	va_start(args, format);
	write_va(module, level, suppressed, format, args);
	va_end(args);
}

static int open_file(void)
{
	int fd = open(file_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	if (fd < 0)
		return -errno;
	pthread_mutex_lock(&file_lock);
	if (file_fd >= 0)
		close(file_fd);
	file_fd = fd;
	pthread_mutex_unlock(&file_lock);
	return 0;
}

int log_open_file(const char *path)
{
	free(file_path);
	file_path = strdup(path);
	return file_path ? open_file() : -ENOMEM;
}

int log_reopen_file(void)
{
	return file_path ? open_file() : 0;
}

void log_set_stderr(bool on)
{
	to_stderr = on;
}
