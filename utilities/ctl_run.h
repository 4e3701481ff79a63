/* SPDX-License-Identifier: Apache-2.0 */
/* The program: parses its command line, runs it, prints. One thread. */
#ifndef UTILITIES_CTL_RUN_H
#define UTILITIES_CTL_RUN_H

/* The exit status when --timeout has run out: what a shell makes of death by SIGALRM. */
#define CTL_EXIT_TIMEOUT 142

/* Returns the exit status: 0, 1 for an error, 2 where a command says so, CTL_EXIT_TIMEOUT. */
int ctl_run(int argc, char **argv);

#endif
