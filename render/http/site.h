/* SPDX-License-Identifier: ISC */
/* site: what answers are made from. main.c fills it, endpoints look at it. */
#ifndef PLACED_RENDER_HTTP_SITE_H
#define PLACED_RENDER_HTTP_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/http/counts.h"
#include "render/name/picture.h"

struct cJSON;
struct ev_loop;
struct farm;
struct files;
struct keeper;
struct memory;
struct pool;
struct store;
struct work;

struct site {
    struct ev_loop *loop;
    struct farm *farm;
    struct work *work; /* batches, and tasks of the queue */
    struct store *store;
    struct memory *memory;     /* finished pictures */
    struct keeper *keeper;     /* puts them into the store */
    const struct files *files; /* the pages; NULL: none */
    struct counts counts;
    struct pool *fractal;                  /* NULL: not here */
    struct pool *images[PICTURE_OP_COUNT]; /* each NULL: not here */
    /* The pool for a map's tile; NULL when there is no such style, or zoom in it. NULL: no maps. */
    struct pool *(*map_pool)(const struct site *site, const struct picture *picture);
    /* Append to /render.json's array of styles. NULL: there are none. */
    void (*add_styles)(const struct site *site, struct cJSON *styles);
    /* Is there an original of this id? */
    bool (*has_image)(const struct site *site, const char *id);
    unsigned stale_after_s; /* 0: pictures stay good */
    const char *canvas;     /* URL of the page that stencils open */
    uint64_t upload_bytes, upload_pixels;
    int64_t started_ms;
    bool stopping;
    void (*reload)(struct site *site); /* read the styles anew */
};

#endif
