/* SPDX-License-Identifier: ISC */
/* store_ops: what each kind of store brings; store.c calls it when the name has been checked. A
 * kind embeds struct store as its first member. */
#ifndef PLACED_RENDER_STORE_STORE_OPS_H
#define PLACED_RENDER_STORE_STORE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/blob.h"

enum {
    STORE_ERROR_BYTES = 256,
    STORE_VALUE_MAX = 64 * 1024 * 1024, /* bytes of a picture; what a child may send */
};

struct store;

enum store_result {
    STORE_FOUND,
    STORE_ABSENT,
    STORE_ERROR, /* a message has been printed; treat it as absent */
};

struct store_ops {
    enum store_result (*get)(struct store *store, const char *name, struct blob **blob,
                             int64_t *written_ms);
    /* written_ms: what a get says; a copy from one store into another keeps it. */
    int (*put)(struct store *store, const char *name, const void *bytes, size_t len,
               int64_t written_ms, bool durable);
    int (*remove)(struct store *store, const char *name);
    int (*open)(struct store *store, const char *name);
    void (*close)(struct store *store);
};

struct store {
    const struct store_ops *ops;
};

#endif
