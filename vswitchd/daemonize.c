/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/daemonize.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "datapath/log.h"

LOG_MODULE("daemonize");

#define RESTART_INTERVAL_S 10
#define READY_BYTE '\001' /* what a reason never begins with */

/* Written by the daemon, read by the monitor. */
struct shared {
	bool ready;
};

static struct shared *shared;
static int report_fd = -1; /* to the process that waits; -1 when none does */
static bool detached;

static void let_go_of_terminal(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	log_set_stderr(false);
	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* The process that was called: tells what becomes of the daemon, and exits. */
static void wait_until_ready(int fd, pid_t child)
{
	char text[ERRMSG_SIZE] = "";
	size_t n = 0;
	int status;

	while (n < sizeof(text) - 1) {
		ssize_t got = read(fd, text + n, sizeof(text) - 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || text[0] == READY_BYTE)
			break;
		n += got;
	}
	if (text[0] == READY_BYTE)
		_exit(0);
	if (n)
		fprintf(stderr, "vswitchd: %s\n", text);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!n && WIFSIGNALED(status))
		fprintf(stderr, "vswitchd: the daemon died of signal %d (%s) as it started\n",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (!n)
		fprintf(stderr, "vswitchd: the daemon ended before it was ready\n");
	_exit(1);
}

static int detach_process(struct errmsg *err)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return errmsg_set(err, errno, "no pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return errmsg_set(err, errno, "can't fork: %s", strerror(errno));
	}
	if (pid) {
		close(fds[1]);
		wait_until_ready(fds[0], pid);
	}
	close(fds[0]);
	report_fd = fds[1];
	detached = true;
	setsid();
	return 0;
}

static bool is_stop(int signo)
{
	return signo == SIGTERM || signo == SIGINT;
}

/* Waits until the daemon `child` is gone, handing signals on to it. Returns its wait status. */
static int watch(pid_t child, const sigset_t *signals, bool *stopping)
{
	int status, signo;
	pid_t pid;

	for (;;) {
		while ((pid = waitpid(child, &status, WNOHANG)) < 0 && errno == EINTR)
			;
		if (pid == child)
			return status;
		signo = sigwaitinfo(signals, NULL);
		if (signo == SIGHUP)
			log_reopen_file();
		if (is_stop(signo))
			*stopping = true;
		if (signo > 0 && signo != SIGCHLD)
			kill(child, signo);
	}
}

/* Sleeps so that restarts are apart; false when a signal said to stop instead. */
static bool pause_before_restart(time_t started, const sigset_t *signals)
{
	struct timespec left = {0};
	struct timespec now;
	int signo;

	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		left.tv_sec = started + RESTART_INTERVAL_S - now.tv_sec;
		if (left.tv_sec <= 0)
			return true;
		signo = sigtimedwait(signals, NULL, &left);
		if (is_stop(signo))
			return false;
	}
}

/* What the monitor does when the daemon is gone: exits, or returns when it shall be replaced. */
static void judge(int status, bool stopping)
{
	if (WIFEXITED(status)) {
		if (WEXITSTATUS(status))
			log_err("the daemon ended with status %d", WEXITSTATUS(status));
		_exit(WEXITSTATUS(status));
	}
	if (stopping || is_stop(WTERMSIG(status)))
		_exit(0);
	log_err("the daemon died of signal %d (%s)%s", WTERMSIG(status),
		strsignal(WTERMSIG(status)), WCOREDUMP(status) ? ", core dumped" : "");
	if (shared->ready)
		return;
	/* It never worked: a restart would hide that from the one who started it. */
	if (report_fd >= 0)
		dprintf(report_fd, "the daemon died of signal %d (%s) as it started",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	_exit(1);
}

/* Forks daemons until one needs no replacement. Returns only in a daemon. */
static int monitor_process(struct errmsg *err)
{
	bool first = true, stopping = false;
	struct timespec now;
	sigset_t signals, old;
	time_t started;
	pid_t child;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &old);
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		started = now.tv_sec;
		child = fork();
		if (child < 0)
			return errmsg_set(err, errno, "can't fork: %s", strerror(errno));
		if (!child) {
			sigprocmask(SIG_SETMASK, &old, NULL);
			return 0;
		}
		if (first) {
			prctl(PR_SET_NAME, "vswitchd-mon");
			if (detached)
				let_go_of_terminal();
		}
		judge(watch(child, &signals, &stopping), stopping);
		/* The process that waited has its answer; it must not wait for a pipe of ours. */
		if (report_fd >= 0)
			close(report_fd);
		report_fd = -1;
		if (!first && !pause_before_restart(started, &signals))
			_exit(0);
		first = false;
		log_warn("starting the daemon anew");
	}
}

int daemonize_fork(bool detach, bool monitor, struct errmsg *err)
{
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return errmsg_set(err, errno, "no memory: %s", strerror(errno));
	if (detach) {
		int r = detach_process(err);

		if (r)
			return r;
	}
	return monitor ? monitor_process(err) : 0;
}

void daemonize_ready(void)
{
	static const char ready = READY_BYTE;

	shared->ready = true;
	if (!detached)
		return;
	if (chdir("/"))
		log_warn("can't leave the working directory: %s", strerror(errno));
	let_go_of_terminal();
	if (report_fd >= 0) {
		if (write(report_fd, &ready, 1) != 1)
			log_warn("nobody waits for the daemon to be ready");
		close(report_fd);
		report_fd = -1;
	}
}

void daemonize_failed(const char *reason)
{
	log_err("%s", reason);
	if (report_fd >= 0)
		dprintf(report_fd, "%s", reason);
	else
		fprintf(stderr, "vswitchd: %s\n", reason);
}
