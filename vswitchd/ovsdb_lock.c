/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitchd/ovsdb_lock.h"

#include <errno.h>
#include <string.h>
#include <sys/queue.h>

#include "vswitchd/ovsdb_alloc.h"

#define MAX_PER_SESSION 100

struct waiter {
	TAILQ_ENTRY(waiter) node;
	void *session;
	char *name;
};

/* One line for all locks: there are few, and the first of a name is its owner. */
struct ovsdb_locks {
	TAILQ_HEAD(, waiter) waiters;
	void (*notify)(void *session, const char *name, enum ovsdb_lock_event event);
};

struct ovsdb_locks *ovsdb_locks_create(
	void (*notify)(void *session, const char *name, enum ovsdb_lock_event event))
{
	struct ovsdb_locks *locks = ovsdb_zalloc(1, sizeof(*locks));

	TAILQ_INIT(&locks->waiters);
	locks->notify = notify;
	return locks;
}

void ovsdb_locks_destroy(struct ovsdb_locks *locks)
{
	free(locks);
}

static struct waiter *find_owner(const struct ovsdb_locks *locks, const char *name)
{
	struct waiter *w;

	TAILQ_FOREACH (w, &locks->waiters, node) {
		if (!strcmp(w->name, name))
			return w;
	}
	return NULL;
}

static struct waiter *find_waiter(const struct ovsdb_locks *locks, const void *session,
	const char *name, unsigned int *n_of_session)
{
	struct waiter *w, *found = NULL;

	*n_of_session = 0;
	TAILQ_FOREACH (w, &locks->waiters, node) {
		if (w->session != session)
			continue;
		++*n_of_session;
		if (!strcmp(w->name, name))
			found = w;
	}
	return found;
}

int ovsdb_locks_acquire(struct ovsdb_locks *locks, void *session, const char *name, bool steal)
{
	struct waiter *w, *owner = find_owner(locks, name);
	unsigned int n;

	if (find_waiter(locks, session, name, &n))
		return -EEXIST;
	if (n >= MAX_PER_SESSION)
		return -ENOSPC;
	w = ovsdb_zalloc(1, sizeof(*w));
	w->session = session;
	w->name = ovsdb_strdup(name);
	if (steal)
		TAILQ_INSERT_HEAD(&locks->waiters, w, node);
	else
		TAILQ_INSERT_TAIL(&locks->waiters, w, node);
	if (steal && owner)
		locks->notify(owner->session, name, OVSDB_LOCK_STOLEN);
	return steal || !owner;
}

static void leave(struct ovsdb_locks *locks, struct waiter *w)
{
	bool owned = find_owner(locks, w->name) == w;
	struct waiter *heir;

	TAILQ_REMOVE(&locks->waiters, w, node);
	heir = owned ? find_owner(locks, w->name) : NULL;
	if (heir)
		locks->notify(heir->session, heir->name, OVSDB_LOCK_LOCKED);
	free(w->name);
	free(w);
}

int ovsdb_locks_release(struct ovsdb_locks *locks, void *session, const char *name)
{
	unsigned int n;
	struct waiter *w = find_waiter(locks, session, name, &n);

	if (!w)
		return -ENOENT;
	leave(locks, w);
	return 0;
}

void ovsdb_locks_release_all(struct ovsdb_locks *locks, void *session)
{
	struct waiter *w, *next;

	for (w = TAILQ_FIRST(&locks->waiters); w; w = next) {
		next = TAILQ_NEXT(w, node);
		if (w->session == session)
			leave(locks, w);
	}
}

bool ovsdb_locks_owns(const struct ovsdb_locks *locks, const void *session, const char *name)
{
	const struct waiter *owner = find_owner(locks, name);

	return owner && owner->session == session;
}
