/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/folder.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int make_one(const char *path, mode_t mode, struct errmsg *err)
{
	struct stat st;

	if (!mkdir(path, mode))
		return 0;
	if (errno != EEXIST)
		return errmsg_set(
			err, errno, "can't make the directory %s: %s", path, strerror(errno));
	if (stat(path, &st))
		return errmsg_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return errmsg_set(err, ENOTDIR, "%s is no directory", path);
	return 0;
}

int folder_make(const char *path, mode_t mode, struct errmsg *err)
{
	char copy[PATH_MAX];
	int r;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy))
		return errmsg_set(err, ENAMETOOLONG, "%s: too long", path);
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = make_one(copy, mode, err);
		if (r)
			return r;
		*slash = '/';
	}
	return make_one(copy, mode, err);
}

int folder_make_parent(const char *path, mode_t mode, struct errmsg *err)
{
	char copy[PATH_MAX];

	if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy))
		return errmsg_set(err, ENAMETOOLONG, "%s: too long", path);
	return folder_make(dirname(copy), mode, err);
}
