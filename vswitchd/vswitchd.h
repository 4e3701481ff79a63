/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program, but for main(): the command line, going to the background, the control thread.
 */
#ifndef VSWITCHD_VSWITCHD_H
#define VSWITCHD_VSWITCHD_H

/* Returns the exit status: 0 after a clean stop, 1 when it can't run, 2 for a wrong option. */
int vswitchd_main(int argc, char **argv);

#endif
