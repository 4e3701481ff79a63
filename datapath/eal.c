/* SPDX-License-Identifier: Apache-2.0 */
#include "datapath/eal.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "datapath/log.h"

LOG_MODULE("eal");

#define HUGEPAGES_DIR "/sys/kernel/mm/hugepages"
#define PACKETS_MIN 32768u
#define PACKETS_MAX 262144u
#define PACKET_BYTES 2400ull /* buffer, headroom, header and the pool's own */
#define HUGE_MB_MIN 192
#define NO_HUGE_MB 256
#define WORDS_MAX 64

/* The command line that EAL gets. */
struct words {
	char *word[WORDS_MAX + 1];
	int n;
};

static void add_word(struct words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_word(struct words *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (w->n < WORDS_MAX && vasprintf(&w->word[w->n], format, args) >= 0)
		w->n++;
	va_end(args);
	w->word[w->n] = NULL;
}

static void free_words(struct words *w)
{
	for (int i = 0; i < w->n; i++)
		free(w->word[i]);
}

static unsigned long read_number(const char *folder, const char *file)
{
	char path[512];
	unsigned long n = 0;
	FILE *f;

	snprintf(path, sizeof(path), HUGEPAGES_DIR "/%s/%s", folder, file);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%lu", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

/* MiB of hugepages that nobody uses. */
static unsigned long free_huge_mb(void)
{
	DIR *dir = opendir(HUGEPAGES_DIR);
	unsigned long total = 0, kb;
	struct dirent *e;

	if (!dir)
		return 0;
	while ((e = readdir(dir))) {
		if (sscanf(e->d_name, "hugepages-%lukB", &kb) == 1)
			total += read_number(e->d_name, "free_hugepages") * kb / 1024;
	}
	closedir(dir);
	return total;
}

static void add_lcores(struct words *w, const cpu_set_t *cpus)
{
	char list[4096] = "";
	size_t n = 0;

	for (int cpu = 0; cpu < CPU_SETSIZE && n < sizeof(list) - 16; cpu++) {
		if (CPU_ISSET(cpu, cpus))
			n += snprintf(list + n, sizeof(list) - n, "%s%d", n ? "," : "", cpu);
	}
	add_word(w, "--lcores");
	add_word(w, "0@(%s)", list);
}

static void add_memory(struct words *w, const struct eal_args *args, struct eal_plan *plan)
{
	unsigned long free_mb = free_huge_mb();

	plan->hugepages = !args->no_huge && free_mb >= HUGE_MB_MIN;
	plan->n_packets = PACKETS_MIN;
	/* Half of what is free goes to packets: large receive rings may ask for that many. */
	if (plan->hugepages)
		plan->n_packets =
			MAX(PACKETS_MIN, MIN(free_mb * 1048576 / 2 / PACKET_BYTES, PACKETS_MAX));
	if (!plan->hugepages) {
		if (!args->no_huge)
			log_warn("%lu MiB of free hugepages, %d are needed: running on ordinary "
				 "memory, which costs more than twice the cycles at 10,000 "
				 "addresses; echo 512 > " HUGEPAGES_DIR
				 "/hugepages-2048kB/nr_hugepages gives enough",
				free_mb, HUGE_MB_MIN);
		add_word(w, "--no-huge");
		add_word(w, "--no-shconf");
		add_word(w, "--file-prefix=vswitch");
		add_word(w, "-m");
		add_word(w, "%llu",
			MAX((unsigned long long)args->alloc_mem_mb,
				NO_HUGE_MB + plan->n_packets * PACKET_BYTES / 1048576));
		return;
	}
	add_word(w, "--in-memory");
	if (args->alloc_mem_mb && !args->socket_mem) {
		add_word(w, "-m");
		add_word(w, "%llu", (unsigned long long)args->alloc_mem_mb);
	}
	if (args->socket_mem)
		add_word(w, "--socket-mem=%s", args->socket_mem);
	if (args->socket_limit)
		add_word(w, "--socket-limit=%s", args->socket_limit);
	if (args->hugepage_dir)
		add_word(w, "--huge-dir=%s", args->hugepage_dir);
}

static void add_extra(struct words *w, const char *extra)
{
	char *copy = extra ? strdup(extra) : NULL, *rest = NULL;

	for (char *word = copy ? strtok_r(copy, " \t", &rest) : NULL; word;
		word = strtok_r(NULL, " \t", &rest))
		add_word(w, "%s", word);
	free(copy);
}

static void log_words(const struct words *w)
{
	char line[1024] = "";
	size_t n = 0;

	for (int i = 1; i < w->n && n < sizeof(line); i++)
		n += snprintf(line + n, sizeof(line) - n, " %s", w->word[i]);
	log_info("EAL arguments:%s", line);
}

int eal_start(const struct eal_args *args, const cpu_set_t *rest, struct eal_plan *plan,
	struct errmsg *err)
{
	struct words words = {.n = 0};
	char *argv[WORDS_MAX + 1];
	int error = 0;

	memset(plan, 0, sizeof(*plan));
	add_word(&words, "vswitchd");
	add_lcores(&words, rest);
	add_memory(&words, args, plan);
	add_word(&words, "--no-telemetry");
	/* No device is taken until a port asks for it. */
	add_word(&words, "-a");
	add_word(&words, "0000:00:00.0");
	add_extra(&words, args->extra);
	log_words(&words);
	/* EAL refuses --in-memory without hugepages, and leaves a folder where this says. */
	if (setenv("RUNTIME_DIRECTORY", args->rundir, 1)) {
		free_words(&words);
		return errmsg_set(err, errno, "no memory");
	}
	/* EAL reorders the array that it is given. */
	memcpy(argv, words.word, sizeof(argv));
	if (rte_eal_init(words.n, argv) < 0)
		error = errmsg_set(err, rte_errno ? rte_errno : EINVAL,
			"DPDK can't start: %s; see the log for its own words",
			rte_strerror(rte_errno));
	free_words(&words);
	return error;
}

void eal_stop(void)
{
	rte_eal_cleanup();
}
