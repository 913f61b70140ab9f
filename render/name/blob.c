/* SPDX-License-Identifier: ISC */
/* blob: see blob.h. */
#include "render/name/blob.h"

#include <stdlib.h>

struct blob *blob_create(size_t len)
{
    if (len > SIZE_MAX - sizeof(struct blob))
        return NULL;
    struct blob *blob = malloc(sizeof *blob + len);
    if (!blob)
        return NULL;
    atomic_init(&blob->holders, 1);
    blob->len = len;
    return blob;
}

struct blob *blob_resize(struct blob *blob, size_t len)
{
    if (len > SIZE_MAX - sizeof(struct blob))
        return NULL;
    blob = realloc(blob, sizeof *blob + len);
    if (blob)
        blob->len = len;
    return blob;
}

struct blob *blob_hold(struct blob *blob)
{
    atomic_fetch_add_explicit(&blob->holders, 1, memory_order_relaxed);
    return blob;
}

void blob_release(struct blob *blob)
{
    /* What other holders did with the bytes comes before the free. */
    if (blob && atomic_fetch_sub_explicit(&blob->holders, 1, memory_order_acq_rel) == 1)
        free(blob);
}
