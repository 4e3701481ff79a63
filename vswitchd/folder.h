/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories that the daemon makes. Any thread.
 */
#ifndef VSWITCHD_FOLDER_H
#define VSWITCHD_FOLDER_H

#include <sys/types.h>

#include "datapath/errmsg.h"

/* Makes `path` and what is missing above it; one that exists keeps its mode. */
int folder_make(const char *path, mode_t mode, struct errmsg *err)
	__attribute__((warn_unused_result));

/* The same for the folder that the file `path` is in. */
int folder_make_parent(const char *path, mode_t mode, struct errmsg *err)
	__attribute__((warn_unused_result));

#endif
