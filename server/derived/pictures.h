/* SPDX-License-Identifier: ISC */
/*
 * pictures: the canvases and the tiles of the plane as PNG bytes. They are made on demand, in
 * worker threads, each at most once a second, and kept in a cache for everybody who asks. Clients
 * that ask while a picture is being encoded wait for that one.
 */
#ifndef PLACED_DERIVED_PICTURES_H
#define PLACED_DERIVED_PICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"
#include "core/position.h"
#include "core/record.h"
#include "derived/picture.h"
#include "derived/picture_name.h"

/* A canvas that has been painted. */
struct picture_canvas {
    struct position position;
    uint64_t version;
};

/* Where the pictures come from, and whom to tell. */
struct picture_source {
    /* The newest version of the canvases that the picture shows, 0 when all are blank. False when
     * none of them is open or has been painted. Any thread; cheap. */
    bool (*version)(struct picture_source *source, struct picture_name name, uint64_t *version);
    /* Those of the canvases that have been painted: at most room of them into *into; returns how
     * many there are. From a worker. */
    size_t (*painted)(struct picture_source *source, struct picture_name name,
                      struct picture_canvas *into, size_t room);
    /* Copy a canvas as it is now, blank if it was never painted. From a worker. */
    void (*copy)(struct picture_source *source, struct position position, struct canvas *into);
    /* The log's identity, false while it has none. Any thread; cheap. */
    bool (*genesis)(struct picture_source *source, uint8_t genesis[GENESIS_BYTES]);
    /* A new picture can be had by pictures_get. From a worker; must not block. */
    void (*ready)(struct picture_source *source, const struct picture *picture);
};

struct pictures_limits {
    size_t
        cache_bytes; /* of pictures that can be had without encoding; the newest one always can */
    size_t queue;    /* pictures that wait to be encoded */
};

/* 16 MiB: the pictures of a hundred canvases, as long as they are asked for. 256 pictures take the
 * worker 3 seconds or so, which is less than a client waits. */
extern const struct pictures_limits pictures_limits_default;

enum picture_state {
    PICTURE_READY,  /* *picture is it; release it */
    PICTURE_COMING, /* one is being made or planned: source->ready will be called */
    PICTURE_BUSY,   /* too many are: ask again in a second */
    PICTURE_NONE,   /* the name shows nothing that is open or has been painted */
};

struct pictures;

/* Start the workers. The source must outlive them. NULL with errno on failure. */
struct pictures *pictures_create(struct picture_source *source, struct pictures_limits limits);

/* The picture if there is a current one: of the present version, or encoded less than a second ago
 * (a tile that takes long to draw: ten times as long as it took). Any thread, never blocks. */
enum picture_state pictures_get(struct pictures *pictures, struct picture_name name,
                                struct picture **picture);

/* The newest one however old, or NULL when there is none. Release it. Any thread, never blocks. */
struct picture *pictures_newest(struct pictures *pictures, struct picture_name name);

void pictures_destroy(struct pictures *pictures); /* ends the workers. NULL is fine */

#endif
