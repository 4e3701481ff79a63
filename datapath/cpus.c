/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/cpus.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/worker.h"

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

int cpus_parse_mask(const char *text, cpu_set_t *cpus, struct errmsg *err)
{
	const char *digits = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2) ? text + 2 : text;
	size_t n = strlen(digits);

	CPU_ZERO(cpus);
	for (size_t i = 0; i < n; i++) {
		size_t base = (n - 1 - i) * 4;

		if (!isxdigit((unsigned char)digits[i]) || base >= CPU_SETSIZE)
			return errmsg_set(err, EINVAL, "'%s' is no hexadecimal CPU mask", text);
		for (int bit = 0; bit < 4; bit++) {
			if (hex_value(digits[i]) >> bit & 1)
				CPU_SET(base + bit, cpus);
		}
	}
	if (CPU_COUNT(cpus) == 0)
		return errmsg_set(err, EINVAL, "CPU mask '%s' names no CPU", text);
	return 0;
}

/* What the daemon might use when it started, before its threads were bound. */
static int usable_cpus(cpu_set_t *cpus, struct errmsg *err)
{
	static cpu_set_t at_start;

	if (CPU_COUNT(&at_start) == 0 && sched_getaffinity(0, sizeof(at_start), &at_start))
		return errmsg_set(err, errno, "the CPUs can't be told: %s", strerror(errno));
	*cpus = at_start;
	return 0;
}

static void keep_last(cpu_set_t *cpus)
{
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
		if (CPU_ISSET(cpu, cpus)) {
			CPU_ZERO(cpus);
			CPU_SET(cpu, cpus);
			return;
		}
	}
}

int cpus_choose(const char *mask, cpu_set_t *workers, cpu_set_t *rest, struct errmsg *err)
{
	cpu_set_t usable = {0};
	int error = usable_cpus(&usable, err);

	*workers = usable;
	if (!error && mask)
		error = cpus_parse_mask(mask, workers, err);
	if (error)
		return error;
	if (!mask)
		keep_last(workers);
	CPU_AND(workers, workers, &usable);
	if (CPU_COUNT(workers) == 0)
		return errmsg_set(err, EINVAL, "'%s' names no CPU that the daemon may use", mask);
	if (CPU_COUNT(workers) > WORKER_MAX)
		return errmsg_set(err, EINVAL, "'%s' names more than %d CPUs", mask, WORKER_MAX);
	CPU_XOR(rest, &usable, workers);
	if (CPU_COUNT(rest) == 0)
		*rest = usable;
	return 0;
}

void cpus_move_others(const cpu_set_t *rest)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		pid_t tid = (pid_t)strtol(e->d_name, NULL, 10);

		/* A thread that ended meanwhile needs no place. */
		if (tid > 0 && !worker_is_thread(tid))
			(void)sched_setaffinity(tid, sizeof(*rest), rest);
	}
	if (dir)
		closedir(dir);
}
