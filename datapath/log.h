/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's log: lines with a time, a level and a module, to stderr and, when asked, a file.
 *
 * Any thread may log, except that a worker never logs for a packet: it counts. A line is one
 * write(2), so lines of several threads don't mix. Levels can be changed at run time for each
 * module; a module is declared once at the top of its .c file with LOG_MODULE("name").
 */
#ifndef DATAPATH_LOG_H
#define DATAPATH_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_OFF, LOG_LEVEL_ERR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DBG };
#define LOG_N_LEVELS 5

struct log_module {
	const char *name;
	enum log_level level; /* what is logged, this level and the graver ones */
	struct log_module *next;
};

/* How many lines a place in the code may log in a window of a minute; see log_limited(). */
struct log_rate {
	uint64_t window_start_ns;
	uint32_t logged;
	uint32_t suppressed;
};

#define LOG_MODULE(NAME)                                                                      \
	static struct log_module log_this_module = {.name = (NAME), .level = LOG_LEVEL_INFO}; \
	__attribute__((constructor)) static void log_register_this_module(void)               \
	{                                                                                     \
		log_register(&log_this_module);                                               \
	}                                                                                     \
	struct log_module

#define log_at(LEVEL, ...)                                                 \
	do {                                                               \
		if ((LEVEL) <= log_this_module.level)                      \
			log_write(&log_this_module, (LEVEL), __VA_ARGS__); \
	} while (0)
#define log_err(...) log_at(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...) log_at(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_dbg(...) log_at(LOG_LEVEL_DBG, __VA_ARGS__)

/* For what a client or a guest can provoke: at most 5 lines a minute from this place; the next
 * line that passes says how many were held back. */
#define log_limited(LEVEL, ...)                                                                    \
	do {                                                                                       \
		static struct log_rate log_rate_here;                                              \
		if ((LEVEL) <= log_this_module.level)                                              \
			log_write_limited(&log_this_module, &log_rate_here, (LEVEL), __VA_ARGS__); \
	} while (0)

void log_register(struct log_module *module);
void log_write(const struct log_module *module, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void log_write_limited(const struct log_module *module, struct log_rate *rate, enum log_level level,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* All modules, as a list by `next`; the order is that of start-up. */
struct log_module *log_modules(void);

/* "err", "warn", "info", "dbg", "off". Returns false for any other name. */
bool log_level_from_string(const char *name, enum log_level *level);
const char *log_level_to_string(enum log_level level);

/* Sets the level of module `name`, or of all modules for NULL. False when there is none. */
bool log_set_level(const char *name, enum log_level level);

/* Appends to `path` from now on, besides stderr. 0 or -errno. Control thread, at start. */
int log_open_file(const char *path);

/* Opens the log file anew (after a rotation). 0 or -errno. Control thread. */
int log_reopen_file(void);

/* Whether lines go to stderr too (they do at first; a detached daemon stops it). */
void log_set_stderr(bool on);

#endif
