/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the service manager what the daemon is up to, by the protocol of sd_notify(3): one
 * datagram to the socket that $NOTIFY_SOCKET names.
 */
#ifndef VSWITCHD_SD_NOTIFY_H
#define VSWITCHD_SD_NOTIFY_H

/*
 * Sends `state`, for example "READY=1". Returns 1 when sent, 0 when no service manager asked for
 * it, -errno when that failed. Any thread.
 */
int sd_notify_send(const char *state);

#endif
