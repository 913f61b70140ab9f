/* SPDX-License-Identifier: ISC */
/* picture: see picture.h. */
#include "derived/picture.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/crc32c.h"
#include "core/hex.h"
#include "derived/picture_png.h"

/* What a struct picture stands in. */
struct counted {
    struct picture picture; /* first: the pointers are exchanged */
    atomic_uint references;
};

static uint8_t *encode(const struct picture *picture, const uint8_t *pixels, uint32_t width,
                       uint32_t height, size_t *len)
{
    char version[24], place[32];
    const struct picture_name *name = &picture->name;
    snprintf(version, sizeof version, "%" PRIu64, picture->version);
    if (name->zoom == 0)
        snprintf(place, sizeof place, "%d,%d", name->x, name->y);
    else
        snprintf(place, sizeof place, "%u/%d/%d", name->zoom, name->x, name->y);
    struct picture_text texts[3];
    size_t n = 0;
    texts[n++] = (struct picture_text){"version", version};
    if (name->zoom != PICTURE_OVERVIEW)
        texts[n++] = (struct picture_text){name->zoom == 0 ? "canvas" : "tile", place};
    if (picture->genesis[0])
        texts[n++] = (struct picture_text){"genesis", picture->genesis};
    return picture_encode_area(pixels, width, height, texts, n, len);
}

struct picture *picture_make(struct picture_name name, uint64_t version,
                             const uint8_t genesis[GENESIS_BYTES],
                             const uint8_t pixels[CANVAS_PIXELS])
{
    return picture_make_area(name, version, genesis, pixels, CANVAS_WIDTH, CANVAS_HEIGHT);
}

struct picture *picture_make_area(struct picture_name name, uint64_t version,
                                  const uint8_t genesis[GENESIS_BYTES], const uint8_t *pixels,
                                  uint32_t width, uint32_t height)
{
    struct counted *counted = calloc(1, sizeof *counted);
    if (!counted)
        return NULL;
    struct picture *picture = &counted->picture;
    picture->name = name;
    picture->version = version;
    if (genesis)
        hex_encode(picture->genesis, genesis, GENESIS_BYTES);
    picture->png = encode(picture, pixels, width, height, &picture->len);
    if (!picture->png) {
        free(counted);
        return NULL;
    }
    /* The CRC tells pictures apart that another version of placed has encoded differently, and
     * tiles that have caught more than the edits before their version. */
    snprintf(picture->etag, sizeof picture->etag, "\"%s.%u.%d.%d.%" PRIu64 ".%08" PRIx32 "\"",
             picture->genesis, name.zoom, name.x, name.y, version,
             crc32c(0, picture->png, picture->len));
    atomic_init(&counted->references, 1);
    return picture;
}

struct picture *picture_retain(struct picture *picture)
{
    if (picture)
        atomic_fetch_add_explicit(&((struct counted *)picture)->references, 1,
                                  memory_order_relaxed);
    return picture;
}

void picture_release(struct picture *picture)
{
    struct counted *counted = (struct counted *)picture;
    if (!counted || atomic_fetch_sub_explicit(&counted->references, 1, memory_order_acq_rel) != 1)
        return;
    free((void *)(uintptr_t)picture->png);
    free(counted);
}
