/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/dpdk_log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_log.h>

#include "datapath/log.h"

LOG_MODULE("dpdk");

#define CAPTURE_SIZE 256
#define RATE_TYPES 64 /* log types past this number share a rate */

static FILE *stream;
static int vhost_types[2];
/* Racing threads lose a count of log_limited() at worst: it takes the log's lock. */
static struct log_rate rates[RATE_TYPES][LOG_N_LEVELS];

static _Thread_local bool capturing;
static _Thread_local char captured[CAPTURE_SIZE];

static enum log_level level_of(int type, int dpdk_level)
{
	bool guest = type == vhost_types[0] || type == vhost_types[1];

	switch (dpdk_level) {
	case RTE_LOG_EMERG:
	case RTE_LOG_ALERT:
	case RTE_LOG_CRIT:
	case RTE_LOG_ERR:
		return guest ? LOG_LEVEL_WARN : LOG_LEVEL_ERR;
	case RTE_LOG_WARNING:
		return guest ? LOG_LEVEL_INFO : LOG_LEVEL_WARN;
	case RTE_LOG_NOTICE:
		return LOG_LEVEL_INFO;
	default:
		return LOG_LEVEL_DBG;
	}
}

static ssize_t write_line(void *cookie, const char *text, size_t size)
{
	int type = rte_log_cur_msg_logtype();
	int dpdk_level = rte_log_cur_msg_loglevel();
	enum log_level level = level_of(type, dpdk_level);
	size_t len = size;

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	if (!len)
		return size;
	if (capturing && dpdk_level <= (int)RTE_LOG_WARNING) {
		if (!captured[0])
			snprintf(captured, sizeof(captured), "%.*s", (int)len, text);
		level = LOG_LEVEL_INFO;
	}
	if (level <= log_this_module.level)
		log_write_limited(&log_this_module, &rates[(unsigned int)type % RATE_TYPES][level],
			level, "%.*s", (int)len, text);
	return size;
}

int dpdk_log_init(void)
{
	cookie_io_functions_t functions = {.write = write_line};

	stream = fopencookie(NULL, "w", functions);
	if (!stream)
		return -errno;
	/* Unbuffered, so that a line is written whole by the thread that logs it. */
	setvbuf(stream, NULL, _IONBF, 0);
	vhost_types[0] = rte_log_register("lib.vhost.config");
	vhost_types[1] = rte_log_register("lib.vhost.data");
	return rte_openlog_stream(stream) ? -EINVAL : 0;
}

void dpdk_log_fini(void)
{
	rte_openlog_stream(NULL);
	fclose(stream);
	stream = NULL;
}

void dpdk_log_capture_begin(void)
{
	capturing = true;
	captured[0] = '\0';
}

void dpdk_log_capture_end(void)
{
	capturing = false;
}

const char *dpdk_log_captured(void)
{
	return captured[0] ? captured : NULL;
}
