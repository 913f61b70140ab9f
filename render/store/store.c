/* SPDX-License-Identifier: ISC */
/* store: see store.h. Names are checked here, once for all kinds. */
#include "render/store/store.h"

#include <errno.h>

#include "render/store/file_store.h"
#include "render/store/lmdb_store.h"
#include "render/store/store_name.h"
#include "render/store/store_ops.h"
#include "render/store/tier.h"
#include "sys/clock.h"
#include "sys/diag.h"

struct store *store_file_open(const char *dir, char error[STORE_ERROR_BYTES])
{
    return file_store_open(dir, error);
}

struct store *store_lmdb_open(const char *dir, uint64_t bytes, char error[STORE_ERROR_BYTES])
{
    return lmdb_store_open(dir, bytes, error);
}

struct store *store_tier_open(struct store *cache, struct store *main,
                              char error[STORE_ERROR_BYTES])
{
    return tier_open(cache, main, error);
}

void store_close(struct store *store)
{
    if (store)
        store->ops->close(store);
}

/* A name that is none is a mistake of the caller, who should have checked it: it is said. */
static bool good(const char *name)
{
    if (store_name_good(name))
        return true;
    diag_error("store: expected the name of a picture, got %.140s", name ? name : "nothing");
    errno = EINVAL;
    return false;
}

enum store_result store_get(struct store *store, const char *name, struct blob **blob,
                            int64_t *written_ms)
{
    if (blob)
        *blob = NULL;
    return good(name) ? store->ops->get(store, name, blob, written_ms) : STORE_ERROR;
}

int store_put(struct store *store, const char *name, const void *bytes, size_t len, bool durable)
{
    if (!good(name))
        return -1;
    if (len > STORE_VALUE_MAX) {
        diag_error("store: %s: expected at most %d bytes, got %zu", name, STORE_VALUE_MAX, len);
        errno = EFBIG;
        return -1;
    }
    return store->ops->put(store, name, bytes, len, clock_wall_ms(), durable);
}

int store_delete(struct store *store, const char *name)
{
    return good(name) ? store->ops->remove(store, name) : -1;
}

int store_open(struct store *store, const char *name)
{
    return good(name) ? store->ops->open(store, name) : -1;
}
